#include "framework/weights/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "ATen/ops/empty.h"
#include "ATen/ops/from_blob.h"

namespace toque {
namespace {

absl::Status CantBeRead() {
  return absl::NotFoundError(
      absl::StrCat("can't be read: ", std::strerror(errno)));
}

absl::StatusOr<at::Tensor> Map(int file) {
  struct stat info = {};
  if (fstat(file, &info) != 0) return CantBeRead();
  if (!S_ISREG(info.st_mode)) return Invalid("must be a file");
  if (info.st_size == 0) return at::empty({0}, at::kByte);
  const auto size = static_cast<size_t>(info.st_size);
  // Not populated: where writing is allowed, the kernel would copy every page.
  void* start = mmap(nullptr, size, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_NORESERVE, file, 0);
  if (start == MAP_FAILED) return CantBeRead();
  return at::from_blob(
      start, {info.st_size}, [size](void* bytes) { munmap(bytes, size); },
      at::kByte);
}

}  // namespace

absl::StatusOr<at::Tensor> MapFile(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return AtPlace(CantBeRead(), path);
  auto bytes = Map(file);
  close(file);
  if (!bytes.ok()) return AtPlace(bytes.status(), path);
  return bytes;
}

}  // namespace toque
