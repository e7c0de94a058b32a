#include <cstring>
#include <set>

#include "ATen/core/Tensor.h"
#include "absl/strings/str_format.h"
#include "framework/core/dtype.h"
#include "framework/tensors/describe.h"
#include "framework/weights/safetensors.h"
#include "tools/tensor_files.h"
#include "tools/text_table.h"

namespace toque {
namespace {

std::vector<std::string> RowOf(const std::string& name,
                               const at::Tensor& tensor) {
  std::vector<std::string> row = {name, DTypeName(tensor.scalar_type()),
                                  ShapeText(tensor.sizes()),
                                  absl::StrCat(tensor.nbytes())};
  // Bytes are texts and generators.
  if (tensor.numel() == 0 || tensor.scalar_type() == at::kByte) {
    row.resize(7, "-");
    return row;
  }
  const at::Tensor values = tensor.to(at::kDouble);
  for (const at::Tensor& statistic :
       {values.mean(), values.std(/*unbiased=*/false), values.norm()}) {
    row.push_back(absl::StrCat(statistic.item<double>()));
  }
  return row;
}

// Rows of what differs.
class Differences {
 public:
  Differences(const Safetensors& first, const Safetensors& second)
      : first_(first), second_(second) {}

  void AddMetadata(const std::string& key) {
    const auto a = first_.metadata.find(key);
    const auto b = second_.metadata.find(key);
    const std::string name = "metadata." + key;
    if (a == first_.metadata.end()) return Add(name, kOnlyInSecond);
    if (b == second_.metadata.end()) return Add(name, kOnlyInFirst);
    if (a->second != b->second) Add(name, Both(a->second, b->second));
  }

  void AddTensor(const std::string& name) {
    const auto a = first_.state.Get(name);
    const auto b = second_.state.Get(name);
    if (!a.ok()) return Add(name, kOnlyInSecond);
    if (!b.ok()) return Add(name, kOnlyInFirst);
    if (a->sizes() != b->sizes()) {
      return Add(name, Both(ShapeText(a->sizes()), ShapeText(b->sizes())));
    }
    if (a->scalar_type() != b->scalar_type()) {
      return Add(
          name, Both(DTypeName(a->scalar_type()), DTypeName(b->scalar_type())));
    }
    AddValues(name, *a, *b);
  }

  bool empty() const { return table_.empty(); }
  std::string Text() const { return table_.Text(); }

 private:
  static constexpr char kOnlyInFirst[] = "only in the first";
  static constexpr char kOnlyInSecond[] = "only in the second";

  static std::string Both(const std::string& a, const std::string& b) {
    return absl::StrCat(a, " and ", b);
  }

  void Add(const std::string& name, const std::string& what) {
    table_.Add({name, what, "-", "-"});
  }

  void AddValues(const std::string& name, const at::Tensor& a,
                 const at::Tensor& b) {
    const bool equal =
        std::memcmp(a.const_data_ptr(), b.const_data_ptr(), a.nbytes()) == 0;
    if (equal) return;
    const at::Tensor reference = a.to(at::kDouble);
    const at::Tensor difference = b.to(at::kDouble).sub(reference);
    table_.Add(
        {name, "values", absl::StrCat(difference.abs().max().item<double>()),
         absl::StrCat(difference.norm().div(reference.norm()).item<double>())});
  }

  const Safetensors& first_;
  const Safetensors& second_;
  TextTable table_{{"name", "difference", "largest", "relative"}};
};

template <typename Map>
void AddKeys(const Map& map, const std::string& prefix, const std::regex& match,
             std::set<std::string>* keys) {
  for (const auto& [key, value] : map) {
    if (std::regex_search(prefix + key, match)) keys->insert(key);
  }
}

}  // namespace

absl::Status ShowTensors(const std::string& path, const std::regex& match,
                         std::ostream& out) {
  ASSIGN_OR_RETURN(const Safetensors file, ReadSafetensors(path));
  size_t bytes = 0;
  TextTable table({"tensor", "type", "shape", "bytes", "mean", "std", "norm"});
  for (const auto& [name, tensor] : file.state.tensors()) {
    bytes += tensor.nbytes();
    if (std::regex_search(name, match)) table.Add(RowOf(name, tensor));
  }
  out << absl::StreamFormat("%s: %d tensors, %d bytes\n\n", path,
                            file.state.tensors().size(), bytes);
  for (const auto& [key, value] : file.metadata) {
    out << absl::StreamFormat("%-24s %s\n", key, value);
  }
  const State progress = file.state.Part("progress");
  for (const auto& [name, tensor] : progress.tensors()) {
    if (tensor.numel() != 1) continue;
    out << absl::StreamFormat("%-24s %d\n", "progress." + name,
                              tensor.item<int64_t>());
  }
  out << "\n" << table.Text();
  return absl::OkStatus();
}

absl::StatusOr<bool> CompareTensors(const std::string& first,
                                    const std::string& second,
                                    const std::regex& match,
                                    std::ostream& out) {
  ASSIGN_OR_RETURN(const Safetensors a, ReadSafetensors(first));
  ASSIGN_OR_RETURN(const Safetensors b, ReadSafetensors(second));
  Differences differences(a, b);
  std::set<std::string> keys;
  std::set<std::string> names;
  for (const Safetensors* file : {&a, &b}) {
    AddKeys(file->metadata, "metadata.", match, &keys);
    AddKeys(file->state.tensors(), "", match, &names);
  }
  for (const std::string& key : keys) differences.AddMetadata(key);
  for (const std::string& name : names) differences.AddTensor(name);
  if (differences.empty()) {
    out << absl::StreamFormat("equal: %d tensors\n", names.size());
    return true;
  }
  out << differences.Text();
  return false;
}

}  // namespace toque
