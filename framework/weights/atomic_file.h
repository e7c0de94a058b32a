// Files that are either whole or not there.

#ifndef TOQUE_FRAMEWORK_WEIGHTS_ATOMIC_FILE_H_
#define TOQUE_FRAMEWORK_WEIGHTS_ATOMIC_FILE_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "framework/status.h"

namespace toque {

// A file on its way. It is written under a name of its own beside `path` and
// takes that name when it is complete: a crash or a full disk at any moment
// leaves what was there before. Errors begin with the path.
class AtomicFile {
 public:
  static absl::StatusOr<std::unique_ptr<AtomicFile>> Create(
      const std::string& path);
  // A whole file at once.
  static absl::Status Write(const std::string& path, std::string_view text);
  // Removes what was written, unless it was committed.
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  // At the end of what is written so far, or over bytes that are.
  absl::Status Append(const void* data, size_t size);
  absl::Status Overwrite(size_t offset, const void* data, size_t size);

  // Puts the file in its place, on the disk itself. The last call.
  absl::Status Commit();

 private:
  AtomicFile(std::string path, std::string temporary, int file);

  std::string path_;
  std::string temporary_;  // empty once it has its final name
  int file_;
  size_t size_ = 0;
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_WEIGHTS_ATOMIC_FILE_H_
