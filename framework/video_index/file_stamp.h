// What tells a file from another that took its place.

#ifndef TOQUE_FRAMEWORK_VIDEO_INDEX_FILE_STAMP_H_
#define TOQUE_FRAMEWORK_VIDEO_INDEX_FILE_STAMP_H_

#include <cstdint>
#include <string>

#include "framework/status.h"

struct stat;

namespace toque {

struct FileStamp {
  int64_t size = 0;      // in bytes
  int64_t modified = 0;  // in nanoseconds since 1970
  bool operator==(const FileStamp&) const = default;
};

FileStamp StampOf(const struct stat& facts);
// Broken where there is no such file.
absl::StatusOr<FileStamp> StampOf(const std::string& path);

// Broken where the open file has another stamp: it was replaced before it was
// opened, or written to. A file that was only deleted keeps its own.
absl::Status CheckUnchanged(int file, const FileStamp& stamp);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_VIDEO_INDEX_FILE_STAMP_H_
