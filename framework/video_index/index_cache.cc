#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>

#include "framework/video_index/codec_parameters.h"
#include "framework/video_index/ffmpeg.h"
#include "framework/video_index/make_index.h"
#include "glog/logging.h"
#include "xxhash.h"

namespace toque {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMagic = "toque\nvc";

// What a kept index is good for, as bytes.
std::string KeyOf(const FileStamp& stamp, const std::string& path) {
  const int64_t numbers[] = {avcodec_version(), avformat_version(), stamp.size,
                             stamp.modified, static_cast<int64_t>(path.size())};
  std::string key(kMagic);
  key.append(reinterpret_cast<const char*>(numbers), sizeof numbers);
  return key + path;
}

std::string FileName(const std::string& path) {
  const XXH128_hash_t hash = XXH3_128bits(path.data(), path.size());
  return absl::StrCat(absl::Hex(hash.high64, absl::kZeroPad16),
                      absl::Hex(hash.low64, absl::kZeroPad16), ".index");
}

std::optional<std::string> Contents(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return std::nullopt;
  std::string bytes;
  struct stat facts;
  if (fstat(file, &facts) == 0 && S_ISREG(facts.st_mode)) {
    bytes.resize(static_cast<size_t>(facts.st_size));
  }
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got = read(file, bytes.data() + done, bytes.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    done += static_cast<size_t>(got);
  }
  close(file);
  if (done < bytes.size()) return std::nullopt;
  return bytes;
}

std::optional<VideoIndex> Kept(const std::string& file,
                               const std::string& key) {
  const std::optional<std::string> bytes = Contents(file);
  if (!bytes.has_value() || !bytes->starts_with(key)) return std::nullopt;
  absl::StatusOr<VideoIndex> index = VideoIndex::Parse(
      {reinterpret_cast<const uint8_t*>(bytes->data()) + key.size(),
       bytes->size() - key.size()});
  if (!index.ok()) return std::nullopt;
  return *std::move(index);
}

// Under a name of its own first, so that no one ever reads half of it.
bool Write(const std::string& path, std::string_view bytes) {
  static std::atomic<int64_t> count = 0;
  const std::string partial =
      absl::StrCat(path, ".", getpid(), ".", count.fetch_add(1));
  const int file =
      open(partial.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (file < 0) return false;
  bool good = true;
  while (good && !bytes.empty()) {
    const ssize_t done = write(file, bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    good = done > 0;
    if (good) bytes.remove_prefix(static_cast<size_t>(done));
  }
  good = close(file) == 0 && good;
  good = good && rename(partial.c_str(), path.c_str()) == 0;
  if (!good) unlink(partial.c_str());
  return good;
}

void Keep(const std::string& folder, const std::string& file,
          const std::string& bytes) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (Write(file, bytes)) return;
  static std::atomic<bool> warned = false;
  if (warned.exchange(true)) return;
  LOG(WARNING) << "Indexes of clips can't be kept in " << folder << ": "
               << std::strerror(errno);
}

absl::Status CheckLimits(const VideoIndex& index, const VideoLimits& limits) {
  const auto packets = static_cast<int64_t>(index.packets.size());
  if (packets > limits.max_packets) {
    return Broken(
        absl::StrCat("must have at most ", limits.max_packets, " packets"));
  }
  return CheckPixels(index.codec.width, index.codec.height, limits.max_pixels);
}

}  // namespace

absl::StatusOr<VideoIndex> IndexOf(const std::string& path,
                                   const std::string& folder,
                                   const VideoLimits& limits) {
  if (folder.empty()) return MakeIndex(path, limits);
  std::error_code error;
  const std::string whole = fs::absolute(path, error).lexically_normal();
  ASSIGN_OR_RETURN(const FileStamp stamp, StampOf(whole));
  const std::string key = KeyOf(stamp, whole);
  const std::string file = absl::StrCat(folder, "/", FileName(whole));
  if (std::optional<VideoIndex> kept = Kept(file, key)) {
    RETURN_IF_ERROR(CheckLimits(*kept, limits));
    kept->file = stamp;
    return *std::move(kept);
  }
  ASSIGN_OR_RETURN(VideoIndex index, MakeIndex(path, limits));
  // Of a file that took the place of the one that was asked for none is kept.
  if (index.file == stamp) Keep(folder, file, key + index.Serialise());
  return index;
}

}  // namespace toque
