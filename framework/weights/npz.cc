#include "framework/weights/npz.h"

#include <algorithm>
#include <iterator>
#include <regex>

#include "ATen/ops/empty.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "framework/archive/little_endian.h"
#include "framework/archive/printable.h"
#include "framework/archive/zip_archive.h"
#include "framework/weights/tensor_view.h"

namespace toque {
namespace {

constexpr std::string_view kMagic("\x93NUMPY");
constexpr std::string_view kSuffix = ".npy";
constexpr size_t kMaxHeader = 10'000;                 // as in NumPy
constexpr uint64_t kMaxInflated = uint64_t{1} << 31;  // of a whole file

struct NamedType {
  std::string_view name;
  at::ScalarType type;
};

constexpr NamedType kTypes[] = {
    {"|b1", at::kBool},         {"|u1", at::kByte},
    {"|i1", at::kChar},         {"<i2", at::kShort},
    {"<i4", at::kInt},          {"<i8", at::kLong},
    {"<u2", at::kUInt16},       {"<u4", at::kUInt32},
    {"<u8", at::kUInt64},       {"<f2", at::kHalf},
    {"<f4", at::kFloat},        {"<f8", at::kDouble},
    {"<c8", at::kComplexFloat}, {"<c16", at::kComplexDouble},
};

struct Header {
  at::ScalarType type;
  bool columns;
  std::vector<int64_t> shape;
};

absl::Status Malformed(std::string_view what) {
  return Broken(absl::StrCat("is no array of NumPy: ", View(what)));
}

// The text of a header and where the array begins.
absl::StatusOr<std::string_view> HeaderText(std::string_view* file) {
  if (!file->starts_with(kMagic) || file->size() < 12) {
    return Malformed("it must begin with NumPy's magic");
  }
  const size_t width = (*file)[6] == 1 ? 2 : 4;
  const uint64_t size = LittleEndian(*file, 8, width);
  if (size > kMaxHeader || size > file->size() - 8 - width) {
    return Malformed("its header must be inside it, of at most 10000 bytes");
  }
  const std::string_view text = file->substr(8 + width, size);
  file->remove_prefix(8 + width + size);
  return text;
}

absl::StatusOr<at::ScalarType> TypeOf(std::string_view name) {
  for (const auto& [known, type] : kTypes) {
    if (name == known) return type;
  }
  if (name.find('O') != name.npos) {
    return Invalid("must not be an array of objects, which are pickles");
  }
  return Invalid("descr must be a little-endian number that LibTorch has",
                 Printable(name));
}

// {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
absl::StatusOr<Header> HeaderOf(const std::string& text) {
  static const std::regex descr_pattern("'descr': *'([^']*)'");
  static const std::regex order_pattern("'fortran_order': *(True|False)");
  static const std::regex shape_pattern("'shape': *\\(([0-9L, ]*)\\)");
  std::smatch descr, order, shape;
  if (!std::regex_search(text, order, order_pattern) ||
      !std::regex_search(text, shape, shape_pattern)) {
    return Malformed("its header must have descr, fortran_order and shape");
  }
  if (!std::regex_search(text, descr, descr_pattern)) {
    return Invalid("descr must be one type, got fields");
  }
  Header header;
  ASSIGN_OR_RETURN(header.type, TypeOf(descr[1].str()));
  header.columns = order[1] == "True";
  for (const auto part : absl::StrSplit(shape[1].str(), absl::ByAnyChar(", L"),
                                        absl::SkipEmpty())) {
    int64_t size = 0;
    if (!absl::SimpleAtoi(part, &size)) {
      return Malformed("its shape must be of whole numbers");
    }
    header.shape.push_back(size);
  }
  return header;
}

absl::StatusOr<at::Tensor> ArrayOf(Bytes file) {
  ASSIGN_OR_RETURN(const std::string_view text, HeaderText(&file.view));
  ASSIGN_OR_RETURN(const Header header, HeaderOf(std::string(text)));
  ASSIGN_OR_RETURN(const std::vector<int64_t> strides,
                   DenseStrides(header.shape, header.columns));
  return TensorIn(Aligned(file), header.type, 0, header.shape, strides);
}

// `left` is what may still be inflated.
absl::StatusOr<at::Tensor> ReadArray(const ZipEntry& entry,
                                     const at::Tensor& bytes, uint64_t* left) {
  if (!entry.deflated) {
    RETURN_IF_ERROR(CheckCrc(entry, entry.bytes));
    return ArrayOf({bytes, entry.bytes});
  }
  at::Tensor own;
  RETURN_IF_ERROR(Inflate(entry, *left, [&own](uint64_t size) {
    own = at::empty({static_cast<int64_t>(size)}, at::kByte);
    return own.mutable_data_ptr();
  }));
  *left -= entry.size;
  return ArrayOf({own, TextOf(own)});
}

}  // namespace

absl::StatusOr<NamedTensors> ParseNpz(const at::Tensor& bytes) {
  ASSIGN_OR_RETURN(const std::vector<ZipEntry> entries, ReadZip(TextOf(bytes)));
  NamedTensors tensors;
  uint64_t left = kMaxInflated;
  for (const ZipEntry& entry : entries) {
    std::string name = entry.name;
    if (name.ends_with(kSuffix)) name.resize(name.size() - kSuffix.size());
    auto tensor = ReadArray(entry, bytes, &left);
    if (!tensor.ok()) return AtPlace(tensor.status(), Printable(name));
    tensors.emplace_back(std::move(name), *std::move(tensor));
  }
  return tensors;
}

}  // namespace toque
