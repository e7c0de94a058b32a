#include "framework/weights/atomic_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

namespace toque {
namespace {

absl::Status CantBeWritten(const std::string& path) {
  return absl::UnavailableError(
      absl::StrCat(path, ": can't be written: ", std::strerror(errno)));
}

// Makes the new name in the folder of `path` outlive a power failure. Best
// effort: some file systems can't sync a folder.
void SyncFolder(const std::string& path) {
  const auto folder = std::filesystem::path(path).parent_path();
  const int descriptor =
      open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY);
  if (descriptor < 0) return;
  fsync(descriptor);
  close(descriptor);
}

}  // namespace

absl::StatusOr<std::unique_ptr<AtomicFile>> AtomicFile::Create(
    const std::string& path) {
  // Of this process alone, so that two runs can't write into one file.
  std::string temporary = absl::StrCat(path, ".tmp", getpid());
  const int file =
      open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file < 0) return CantBeWritten(path);
  return std::unique_ptr<AtomicFile>(
      new AtomicFile(path, std::move(temporary), file));
}

absl::Status AtomicFile::Write(const std::string& path, std::string_view text) {
  ASSIGN_OR_RETURN(const auto file, Create(path));
  RETURN_IF_ERROR(file->Append(text.data(), text.size()));
  return file->Commit();
}

AtomicFile::AtomicFile(std::string path, std::string temporary, int file)
    : path_(std::move(path)), temporary_(std::move(temporary)), file_(file) {}

AtomicFile::~AtomicFile() {
  if (file_ >= 0) close(file_);
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

absl::Status AtomicFile::Append(const void* data, size_t size) {
  RETURN_IF_ERROR(Overwrite(size_, data, size));
  size_ += size;
  return absl::OkStatus();
}

absl::Status AtomicFile::Overwrite(size_t offset, const void* data,
                                   size_t size) {
  const char* bytes = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t written =
        pwrite(file_, bytes, size, static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return CantBeWritten(path_);
    bytes += written;
    offset += static_cast<size_t>(written);
    size -= static_cast<size_t>(written);
  }
  return absl::OkStatus();
}

absl::Status AtomicFile::Commit() {
  // Some file systems tell of a full disk only here.
  if (fsync(file_) != 0) return CantBeWritten(path_);
  if (close(std::exchange(file_, -1)) != 0) return CantBeWritten(path_);
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0) {
    return CantBeWritten(path_);
  }
  temporary_.clear();
  SyncFolder(path_);
  return absl::OkStatus();
}

}  // namespace toque
