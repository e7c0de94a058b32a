// The packets of a file's video, as FFmpeg's demuxers hand them out.

#ifndef TOQUE_FRAMEWORK_VIDEO_INDEX_CONTAINER_H_
#define TOQUE_FRAMEWORK_VIDEO_INDEX_CONTAINER_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/types/span.h"
#include "framework/video_index/deadline.h"
#include "framework/video_index/ffmpeg.h"
#include "framework/video_index/file_stamp.h"

namespace toque {

class Container {
 public:
  // Opens the file, and nothing that it may refer to. The video is the stream
  // of that number, or the one that FFmpeg takes for the best. Broken where the
  // file is no video, or frames are larger than max_pixels.
  static absl::StatusOr<std::unique_ptr<Container>> Open(
      const std::string& path, int64_t max_pixels, const Deadline& deadline,
      int stream = -1);
  ~Container();
  Container(const Container&) = delete;
  Container& operator=(const Container&) = delete;

  // The video's next packet that has bytes; false where there is no more, or
  // the file is damaged from here on. Broken where the file can't be read.
  absl::StatusOr<bool> Next(const Deadline& deadline, AVPacket* packet);

  const AVStream& stream() const { return *stream_; }
  // "mov,mp4,m4a,3gp,3g2,mj2"
  std::string name() const { return input_->iformat->name; }
  bool HasAudio() const;
  // Reads the file's bytes from `offset` on, and gives how many there were.
  size_t ReadAt(uint64_t offset, absl::Span<uint8_t> bytes) const;

  // Of the file when it was opened.
  const FileStamp& stamp() const { return stamp_; }
  // Broken where the file, as it is now, isn't the one of that stamp.
  absl::Status CheckUnchanged(const FileStamp& stamp) const;

 private:
  struct FreedAsBytes {
    void operator()(AVIOContext* bytes) const;
  };
  Container() = default;
  absl::Status OpenFile(const std::string& path);
  absl::Status OpenInput(const std::string& path, int64_t max_pixels);
  absl::Status FindVideo(int64_t max_pixels, int stream);
  absl::Status Fault(std::string_view what, int result) const;
  static int ReadBytes(void* self, uint8_t* bytes, int size);
  static int64_t Seek(void* self, int64_t offset, int whence);

  int file_ = -1;
  FileStamp stamp_;
  int64_t position_ = 0;
  const Deadline* deadline_ = nullptr;  // of the call that is under way
  int fault_ = 0;                       // why reading failed, of errno's
  std::unique_ptr<AVIOContext, FreedAsBytes> bytes_;
  OwnedInput input_;
  AVStream* stream_ = nullptr;
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_VIDEO_INDEX_CONTAINER_H_
