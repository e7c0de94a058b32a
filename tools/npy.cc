#include "ATen/core/Tensor.h"
#include "absl/strings/str_join.h"
#include "framework/weights/atomic_file.h"
#include "tools/feature_file.h"

namespace toque {
namespace {

absl::StatusOr<std::string> TypeOf(const at::Tensor& tensor) {
  switch (tensor.scalar_type()) {
    case at::kFloat:
      return std::string("<f4");
    case at::kDouble:
      return std::string("<f8");
    case at::kLong:
      return std::string("<i8");
    default:
      return Invalid("must be float32, float64 or int64",
                     c10::toString(tensor.scalar_type()));
  }
}

// Magic, version, length and the header, ended so that the data are aligned.
std::string HeaderOf(const std::string& type, at::IntArrayRef shape) {
  constexpr size_t kBefore = 10;
  constexpr size_t kAligned = 64;
  std::string header = absl::StrCat(
      "{'descr': '", type, "', 'fortran_order': False, 'shape': (",
      absl::StrJoin(shape, ", "), shape.size() == 1 ? ",), }" : "), }");
  const size_t total = (kBefore + header.size() + 1 + kAligned - 1) / kAligned;
  header.resize(total * kAligned - kBefore - 1, ' ');
  header += '\n';
  const std::string start("\x93NUMPY\x01\x00", 8);
  const auto length = header.size();
  return start + static_cast<char>(length & 0xff) +
         static_cast<char>(length >> 8) + header;
}

}  // namespace

absl::Status WriteNpy(const std::string& path, const at::Tensor& tensor) {
  const auto type = TypeOf(tensor);
  if (!type.ok()) return AtPlace(type.status(), path);
  const std::string header = HeaderOf(*type, tensor.sizes());
  const at::Tensor bytes = tensor.contiguous();
  ASSIGN_OR_RETURN(const auto file, AtomicFile::Create(path));
  RETURN_IF_ERROR(file->Append(header.data(), header.size()));
  RETURN_IF_ERROR(file->Append(bytes.const_data_ptr(), bytes.nbytes()));
  return file->Commit();
}

}  // namespace toque
