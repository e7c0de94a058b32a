#include "framework/video_index/file_stamp.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>

namespace toque {

FileStamp StampOf(const struct stat& facts) {
  constexpr int64_t kSecond = 1'000'000'000;
  return {.size = facts.st_size,
          .modified =
              int64_t{facts.st_mtim.tv_sec} * kSecond + facts.st_mtim.tv_nsec};
}

absl::StatusOr<FileStamp> StampOf(const std::string& path) {
  struct stat facts;
  if (stat(path.c_str(), &facts) == 0) return StampOf(facts);
  return Broken(absl::StrCat("can't be opened: ", std::strerror(errno)));
}

absl::Status CheckUnchanged(int file, const FileStamp& stamp) {
  struct stat facts;
  if (fstat(file, &facts) != 0) {
    return Broken(absl::StrCat("can't be read: ", std::strerror(errno)));
  }
  if (StampOf(facts) == stamp) return absl::OkStatus();
  return Broken("the file was replaced or written to while it was read");
}

}  // namespace toque
