#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <limits>
#include <tuple>
#include <utility>
#include <vector>

#include "ATen/ops/empty.h"
#include "ATen/ops/from_blob.h"
#include "framework/weights/safetensors.h"
#include "framework/weights/safetensors_format.h"
#include "glog/logging.h"
#include "nlohmann/json.hpp"

namespace toque {
namespace {

using Json = nlohmann::json;
using safetensors::Digest;
using safetensors::ElementType;
using safetensors::kDigestDigits;
using safetensors::kDigestStart;
using safetensors::kElementTypes;
using safetensors::kLengthBytes;
using safetensors::kMetadata;
using safetensors::kNoDigest;

constexpr size_t kMaxHeader = 100'000'000;  // as in the Python library
constexpr size_t kMaxDimensions = 64;       // as in LibTorch's iterators

// Where a tensor stands in the data: bytes [begin, end).
struct Entry {
  std::string name;
  at::ScalarType type;
  std::vector<int64_t> shape;
  size_t begin;
  size_t end;
};

absl::StatusOr<std::string_view> HeaderOf(std::string_view file) {
  if (file.size() < kLengthBytes) {
    return Invalid("is no safetensors file: must have at least 8 bytes",
                   file.size());
  }
  uint64_t length = 0;
  for (size_t i = kLengthBytes; i-- > 0;) {
    length = length << 8 | static_cast<unsigned char>(file[i]);
  }
  const size_t most = std::min(file.size() - kLengthBytes, kMaxHeader);
  if (length > most) {
    return Invalid(absl::StrCat("is no safetensors file, or is cut off: its "
                                "header must have at most ",
                                most, " bytes"),
                   length);
  }
  return file.substr(kLengthBytes, length);
}

absl::StatusOr<Metadata> MetadataOf(const Json& header) {
  Metadata metadata;
  const auto found = header.find(kMetadata);
  if (found == header.end()) return metadata;
  for (const auto& [key, value] : found->items()) {
    if (!found->is_object() || !value.is_string()) {
      return Invalid("its metadata must be texts by name");
    }
    metadata.emplace(key, value.get<std::string>());
  }
  return metadata;
}

// Compares the file with the digest in its metadata and takes that out. Files
// of other writers have none.
absl::Status CheckDigest(std::string_view file, Metadata* metadata) {
  const auto marker = metadata->find("digest");
  const bool marked = marker != metadata->end() && marker->second == "xxh3";
  if (!marked && metadata->count("xxh3") == 0) return absl::OkStatus();

  const size_t begin = kLengthBytes + kDigestStart.size();
  const size_t end = begin + kDigestDigits;
  Digest digest;
  digest.Add(file.substr(0, begin));
  digest.Add(kNoDigest);
  digest.Add(file.substr(std::min(end, file.size())));
  if (file.substr(kLengthBytes, kDigestStart.size()) != kDigestStart ||
      file.substr(begin, kDigestDigits) != digest.Hex()) {
    return absl::DataLossError(
        "is damaged: its digest is not that of its bytes");
  }
  metadata->erase("digest");
  metadata->erase("xxh3");
  return absl::OkStatus();
}

absl::StatusOr<at::ScalarType> TypeOf(const Json& entry) {
  const std::string name = entry.value("dtype", Json()).is_string()
                               ? entry["dtype"].get<std::string>()
                               : "none";
  for (const auto& [known, type] : kElementTypes) {
    if (name == known) return type;
  }
  return Invalid("dtype must be a type that LibTorch has", name);
}

// A list of whole numbers that fit an int64, at most `most` of them.
absl::StatusOr<std::vector<int64_t>> NumbersOf(const Json& entry,
                                               const char* key, size_t most) {
  const auto found = entry.find(key);
  std::vector<int64_t> numbers;
  bool good =
      found != entry.end() && found->is_array() && found->size() <= most;
  for (size_t i = 0; good && i < found->size(); ++i) {
    const Json& number = (*found)[i];
    good = number.is_number_unsigned() &&
           number.get<uint64_t>() <= std::numeric_limits<int64_t>::max();
    if (good) numbers.push_back(number.get<int64_t>());
  }
  if (good) return numbers;
  return Invalid(absl::StrCat(key, " must be a list of at most ", most,
                              " whole numbers below 2^63"));
}

// The bytes of a tensor. Sizes that LibTorch couldn't multiply are an error
// even where one of them is 0.
absl::StatusOr<int64_t> ByteCount(const std::vector<int64_t>& shape,
                                  at::ScalarType type) {
  int64_t most = static_cast<int64_t>(c10::elementSize(type));
  int64_t count = most;
  for (const int64_t size : shape) {
    if (__builtin_mul_overflow(most, std::max<int64_t>(size, 1), &most)) {
      return Invalid("shape must have fewer than 2^63 bytes");
    }
    count *= size;
  }
  return count;
}

absl::StatusOr<Entry> EntryOf(const std::string& name, const Json& json,
                              size_t data_size) {
  if (!json.is_object()) return Invalid("must be a JSON object");
  ASSIGN_OR_RETURN(const at::ScalarType type, TypeOf(json));
  ASSIGN_OR_RETURN(std::vector<int64_t> shape,
                   NumbersOf(json, "shape", kMaxDimensions));
  ASSIGN_OR_RETURN(const auto offsets, NumbersOf(json, "data_offsets", 2));
  ASSIGN_OR_RETURN(const int64_t size, ByteCount(shape, type));
  if (offsets.size() != 2) return Invalid("data_offsets must be two numbers");
  const auto begin = static_cast<size_t>(offsets[0]);
  const auto end = static_cast<size_t>(offsets[1]);
  if (begin > end || end > data_size) {
    return Invalid(
        absl::StrCat("data_offsets must be in order and at most ", data_size),
        absl::StrCat("[", begin, ", ", end, "]"));
  }
  if (end - begin != static_cast<size_t>(size)) {
    return Invalid(absl::StrCat("data_offsets must span ", size, " bytes"),
                   end - begin);
  }
  return Entry{name, type, std::move(shape), begin, end};
}

// All tensors of a header, sorted by where they begin.
absl::StatusOr<std::vector<Entry>> EntriesOf(const Json& header,
                                             size_t data_size) {
  std::vector<Entry> entries;
  for (const auto& [name, json] : header.items()) {
    if (name == kMetadata) continue;
    auto entry = EntryOf(name, json, data_size);
    if (!entry.ok()) return AtPlace(entry.status(), name);
    entries.push_back(*std::move(entry));
  }
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::tie(a.begin, a.end) < std::tie(b.begin, b.end);
  });
  for (size_t i = 1; i < entries.size(); ++i) {
    if (entries[i].begin >= entries[i - 1].end) continue;
    return AtPlace(Invalid("must not overlap with " + entries[i - 1].name),
                   entries[i].name);
  }
  return entries;
}

// A view of the bytes that keeps them alive, or a copy of what isn't aligned.
absl::StatusOr<at::Tensor> TensorOf(const Entry& entry, size_t data_begin,
                                    const at::Tensor& bytes) {
  auto* start = static_cast<unsigned char*>(bytes.mutable_data_ptr()) +
                data_begin + entry.begin;
  const size_t size = entry.end - entry.begin;
  if (entry.type == at::kBool &&
      std::any_of(start, start + size, [](auto byte) { return byte > 1; })) {
    return Invalid("must hold zeros and ones");
  }
  const size_t alignment = c10::elementSize(entry.type);
  if (size > 0 && reinterpret_cast<uintptr_t>(start) % alignment == 0) {
    const auto keep = [bytes](void*) {};
    return at::from_blob(start, entry.shape, keep, entry.type);
  }
  const at::Tensor copy = at::empty(entry.shape, entry.type);
  if (size > 0) std::memcpy(copy.mutable_data_ptr(), start, size);
  return copy;
}

absl::Status CantBeRead() {
  return absl::NotFoundError(
      absl::StrCat("can't be read: ", std::strerror(errno)));
}

absl::StatusOr<at::Tensor> ReadBytes(int file) {
  struct stat info = {};
  if (fstat(file, &info) != 0) return CantBeRead();
  if (!S_ISREG(info.st_mode)) return Invalid("must be a file");
  at::Tensor bytes = at::empty({info.st_size}, at::kByte);
  auto* start = static_cast<char*>(bytes.mutable_data_ptr());
  const auto size = static_cast<size_t>(info.st_size);
  for (size_t done = 0; done < size;) {
    const ssize_t count = read(file, start + done, size - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return CantBeRead();
    if (count == 0) return Invalid("must not change while it is read");
    done += static_cast<size_t>(count);
  }
  return bytes;
}

}  // namespace

absl::StatusOr<Safetensors> ParseSafetensors(const at::Tensor& bytes) {
  CHECK(bytes.scalar_type() == at::kByte && bytes.is_contiguous());
  const std::string_view file(static_cast<const char*>(bytes.const_data_ptr()),
                              bytes.nbytes());
  ASSIGN_OR_RETURN(const std::string_view text, HeaderOf(file));
  const Json header = Json::parse(text.begin(), text.end(), nullptr, false);
  if (!header.is_object())
    return Invalid("is no safetensors file: its header must be a JSON object");

  Safetensors result;
  ASSIGN_OR_RETURN(result.metadata, MetadataOf(header));
  RETURN_IF_ERROR(CheckDigest(file, &result.metadata));
  const size_t data_begin = kLengthBytes + text.size();
  ASSIGN_OR_RETURN(const std::vector<Entry> entries,
                   EntriesOf(header, file.size() - data_begin));
  for (const Entry& entry : entries) {
    auto tensor = TensorOf(entry, data_begin, bytes);
    if (!tensor.ok()) return AtPlace(tensor.status(), entry.name);
    result.state.Set(entry.name, *std::move(tensor));
  }
  return result;
}

absl::StatusOr<Safetensors> ReadSafetensors(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return AtPlace(CantBeRead(), path);
  const auto bytes = ReadBytes(file);
  close(file);
  if (!bytes.ok()) return AtPlace(bytes.status(), path);
  auto result = ParseSafetensors(*bytes);
  if (!result.ok()) return AtPlace(result.status(), path);
  return result;
}

}  // namespace toque
