#include <algorithm>
#include <cstring>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "framework/weights/atomic_file.h"
#include "framework/weights/safetensors.h"
#include "framework/weights/safetensors_format.h"
#include "nlohmann/json.hpp"

namespace toque {
namespace {

using safetensors::Digest;
using safetensors::ElementType;
using safetensors::kDigestStart;
using safetensors::kElementTypes;
using safetensors::kLengthBytes;
using safetensors::kMetadata;
using safetensors::kNoDigest;

// A tensor on its way into a file.
struct Entry {
  std::string name;
  at::Tensor tensor;
  const ElementType* type;  // in kElementTypes
};

using OnError = nlohmann::json::error_handler_t;

// As JSON; what isn't UTF-8 is replaced.
std::string Quoted(const std::string& text,
                   OnError on_error = OnError::replace) {
  return nlohmann::json(text).dump(-1, ' ', false, on_error);
}

absl::Status CheckText(const std::string& text) {
  if (Quoted(text) == Quoted(text, OnError::ignore)) return absl::OkStatus();
  return Invalid("names and metadata must be UTF-8", Quoted(text));
}

absl::Status CheckMetadata(const Metadata& metadata) {
  for (const auto& [key, value] : metadata) {
    RETURN_IF_ERROR(CheckText(key));
    RETURN_IF_ERROR(CheckText(value));
    if (key == "digest" || key == "xxh3") {
      return Invalid("metadata must leave digest and xxh3 to the writer");
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<const ElementType*> TypeOf(const at::Tensor& tensor) {
  if (!tensor.defined()) return Invalid("must be defined");
  if (tensor.layout() != at::kStrided) {
    return Invalid("must be dense", c10::str(tensor.layout()));
  }
  const auto* type = std::find_if(
      std::begin(kElementTypes), std::end(kElementTypes),
      [&](const ElementType& t) { return t.type == tensor.scalar_type(); });
  if (type != std::end(kElementTypes)) return type;
  return Invalid("must be of a type that safetensors has",
                 c10::toString(tensor.scalar_type()));
}

// In the order of the file: by type, widest first, and by name.
absl::StatusOr<std::vector<Entry>> Entries(const State& state) {
  std::vector<Entry> entries;
  for (const auto& [name, tensor] : state.tensors()) {
    RETURN_IF_ERROR(CheckText(name));
    if (name == kMetadata) return Invalid("no tensor may have the name", name);
    const auto type = TypeOf(tensor);
    if (!type.ok()) return AtPlace(type.status(), name);
    entries.push_back({name, tensor, *type});
  }
  std::stable_sort(
      entries.begin(), entries.end(),
      [](const Entry& a, const Entry& b) { return a.type > b.type; });
  return entries;
}

std::string MetadataText(const Metadata& metadata) {
  std::string text = absl::StrCat(View(kDigestStart), View(kNoDigest), "\"");
  for (const auto& [key, value] : metadata) {
    absl::StrAppend(&text, ",", Quoted(key), ":", Quoted(value));
  }
  return text + "}";
}

// The length of the header and the header itself.
std::string HeaderText(const std::vector<Entry>& entries,
                       const Metadata& metadata) {
  std::string header = MetadataText(metadata);
  size_t begin = 0;
  for (const auto& [name, tensor, type] : entries) {
    const size_t end = begin + tensor.nbytes();
    absl::StrAppend(&header, ",", Quoted(name), R"(:{"dtype":")",
                    View(type->name), R"(","shape":[)",
                    absl::StrJoin(tensor.sizes(), ","), R"(],"data_offsets":[)",
                    begin, ",", end, "]}");
    begin = end;
  }
  header += "}";
  header.resize((header.size() + 7) / 8 * 8, ' ');

  uint64_t length = header.size();
  std::string bytes(kLengthBytes, '\0');
  for (char& byte : bytes) {
    byte = static_cast<char>(length & 0xff);
    length >>= 8;
  }
  return bytes + header;
}

absl::Status Write(const std::vector<Entry>& entries, const std::string& header,
                   AtomicFile* file) {
  Digest digest;
  digest.Add(header);
  RETURN_IF_ERROR(file->Append(header.data(), header.size()));
  for (const Entry& entry : entries) {
    // One at a time, so that not all of a GPU's memory need fit in here.
    const at::Tensor bytes =
        entry.tensor.detach().cpu().resolve_conj().resolve_neg().contiguous();
    digest.Add(bytes.const_data_ptr(), bytes.nbytes());
    RETURN_IF_ERROR(file->Append(bytes.const_data_ptr(), bytes.nbytes()));
  }
  const std::string digits = digest.Hex();
  RETURN_IF_ERROR(file->Overwrite(kLengthBytes + kDigestStart.size(),
                                  digits.data(), digits.size()));
  return file->Commit();
}

}  // namespace

absl::Status WriteSafetensors(const std::string& path, const State& state,
                              const Metadata& metadata) {
  RETURN_IF_ERROR(AtPlace(CheckMetadata(metadata), path));
  const auto entries = Entries(state);
  if (!entries.ok()) return AtPlace(entries.status(), path);
  ASSIGN_OR_RETURN(const std::unique_ptr<AtomicFile> file,
                   AtomicFile::Create(path));
  return Write(*entries, HeaderText(*entries, metadata), file.get());
}

}  // namespace toque
