#include "tools/weights_tool.h"

#include <cmath>
#include <map>
#include <regex>
#include <utility>

#include "ATen/core/Tensor.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "framework/core/dtype.h"
#include "framework/tensors/describe.h"
#include "framework/weights/weights_map.h"
#include "framework/weights/weights_options.h"
#include "tools/text_table.h"

namespace toque {
namespace {

using ByName = std::map<std::string, at::Tensor>;

// [2, 0] for element 6 of [4, 3].
std::string PlaceText(const at::Tensor& tensor, int64_t index) {
  std::vector<int64_t> place(static_cast<size_t>(tensor.dim()));
  for (int64_t i = tensor.dim() - 1; i >= 0; --i) {
    place[static_cast<size_t>(i)] = index % tensor.size(i);
    index /= tensor.size(i);
  }
  return absl::StrCat("[", absl::StrJoin(place, ", "), "]");
}

// How two tensors of one name differ; empty where they don't. Equal non-finite
// values are equal.
std::vector<std::string> Difference(const at::Tensor& a, const at::Tensor& b) {
  if (a.sizes() != b.sizes()) {
    return {"shape",
            absl::StrCat(ShapeText(a.sizes()), " and ", ShapeText(b.sizes())),
            "-"};
  }
  if (a.numel() == 0) return {};
  const auto type =
      a.is_complex() || b.is_complex() ? at::kComplexDouble : at::kDouble;
  const at::Tensor first = a.to(type).flatten();
  const at::Tensor second = b.to(type).flatten();
  const at::Tensor same = first.eq(second).logical_or(
      first.ne(first).logical_and(second.ne(second)));
  if (!same.all().item<bool>()) {
    const at::Tensor distance = first.sub(second).abs().masked_fill(same, 0);
    const int64_t index = distance.argmax().item<int64_t>();
    return {"values", absl::StrCat(distance[index].item<double>()),
            PlaceText(a, index)};
  }
  if (a.scalar_type() == b.scalar_type()) return {};
  return {"type",
          absl::StrCat(DTypeName(a.scalar_type()), " and ",
                       DTypeName(b.scalar_type())),
          "-"};
}

bool IsAveraged(const at::Tensor& tensor) {
  return tensor.is_floating_point() || tensor.is_complex();
}

// Two files that are averaged have the same names, shapes, and kinds of
// numbers.
absl::Status CheckAlike(const ByName& a, const ByName& b) {
  for (const auto& [name, tensor] : a) {
    const auto found = b.find(name);
    if (found == b.end()) {
      return Invalid(
          absl::StrCat("all files must have the tensor \"", name, "\""));
    }
    const at::Tensor& other = found->second;
    if (other.sizes() != tensor.sizes()) {
      return Invalid(absl::StrCat("\"", name, "\" must have shape ",
                                  ShapeText(tensor.sizes()), " in all files"),
                     ShapeText(other.sizes()));
    }
    if (IsAveraged(other) != IsAveraged(tensor) ||
        other.is_complex() != tensor.is_complex()) {
      return Invalid(
          absl::StrCat("\"", name, "\" must be like ",
                       DTypeName(tensor.scalar_type()), " in all files"),
          DTypeName(other.scalar_type()));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<WeightsFile> ReadRenamed(const Weights& options) {
  RETURN_IF_ERROR(CheckWeights(options));
  ASSIGN_OR_RETURN(WeightsFile file,
                   ReadWeights(options.file(), options.key()));
  auto renamed = Renamed(file.tensors, options);
  if (!renamed.ok()) return AtPlace(renamed.status(), options.file());
  for (const std::string& except : options.except()) {
    const std::regex pattern(except);
    std::erase_if(*renamed, [&pattern](const auto& named) {
      return std::regex_search(named.first, pattern);
    });
  }
  file.tensors = *std::move(renamed);
  return file;
}

void ShowWeights(const WeightsFile& file, std::ostream& out) {
  TextTable table({"tensor", "type", "shape", "elements", "bytes"});
  int64_t elements = 0;
  size_t bytes = 0;
  for (const auto& [name, tensor] : file.tensors) {
    elements += tensor.numel();
    bytes += tensor.nbytes();
    table.Add({name, DTypeName(tensor.scalar_type()), ShapeText(tensor.sizes()),
               absl::StrCat(tensor.numel()), absl::StrCat(tensor.nbytes())});
  }
  out << "format: " << file.format << "\n";
  for (const auto& [key, value] : file.metadata) {
    out << key << ": " << value << "\n";
  }
  out << "\n"
      << table.Text() << "\n"
      << absl::StreamFormat("in all: %d elements, %d bytes\n", elements, bytes);
}

bool CompareWeights(const WeightsFile& first, const WeightsFile& second,
                    std::ostream& out) {
  const ByName a(first.tensors.begin(), first.tensors.end());
  const ByName b(second.tensors.begin(), second.tensors.end());
  TextTable table({"tensor", "difference", "largest", "at"});
  for (const auto& [name, tensor] : first.tensors) {
    const auto other = b.find(name);
    if (other == b.end()) {
      table.Add({name, "only in the first", "-", "-"});
      continue;
    }
    std::vector<std::string> row = Difference(tensor, other->second);
    if (row.empty()) continue;
    row.insert(row.begin(), name);
    table.Add(row);
  }
  for (const auto& [name, tensor] : second.tensors) {
    if (!a.contains(name)) table.Add({name, "only in the second", "-", "-"});
  }
  if (table.empty()) {
    out << "equal: " << first.tensors.size() << " tensors\n";
    return true;
  }
  out << table.Text();
  return false;
}

absl::StatusOr<WeightsFile> AverageWeights(
    const std::vector<WeightsFile>& files) {
  WeightsFile mean = files.back();
  const ByName last(mean.tensors.begin(), mean.tensors.end());
  ByName sums;
  for (const auto& [name, tensor] : last) {
    if (!IsAveraged(tensor)) continue;
    sums[name] = tensor.new_zeros(
        tensor.sizes(), tensor.is_complex() ? at::kComplexDouble : at::kDouble);
  }
  for (size_t i = 0; i < files.size(); ++i) {
    ByName tensors(files[i].tensors.begin(), files[i].tensors.end());
    const std::string place = absl::StrCat("file ", i + 1);
    RETURN_IF_ERROR(AtPlace(CheckAlike(last, tensors), place));
    RETURN_IF_ERROR(AtPlace(CheckAlike(tensors, last), place));
    for (auto& [name, sum] : sums) {
      sum.add_(tensors[name].to(sum.scalar_type()));
    }
  }
  for (auto& [name, tensor] : mean.tensors) {
    const auto sum = sums.find(name);
    if (sum == sums.end()) continue;
    tensor = sum->second.div(static_cast<double>(files.size()))
                 .to(tensor.scalar_type());
  }
  return mean;
}

}  // namespace toque
