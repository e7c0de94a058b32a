// Frames of clips, by their numbers.

#ifndef TOQUE_FRAMEWORK_VIDEO_VIDEO_READER_H_
#define TOQUE_FRAMEWORK_VIDEO_VIDEO_READER_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/types/span.h"
#include "framework/image/image.h"
#include "framework/video_index/limits.h"
#include "framework/video_index/video_index.h"

namespace toque {

// Reads one clip after another, and keeps decoder and buffers for the next one.
// For one thread at a time; it decodes in that thread alone.
class VideoReader {
 public:
  // Indexes are kept in `index_folder`, see IndexOf.
  explicit VideoReader(VideoLimits limits = {}, std::string index_folder = {});
  ~VideoReader();
  VideoReader(VideoReader&&) noexcept;
  VideoReader& operator=(VideoReader&&) noexcept;

  // Opens the file. Broken, with the reason, for what can't be read; the path
  // is the caller's to add.
  absl::Status Open(const std::string& path);
  // Opens a packed clip (packed_clip.h), whose bytes someone else keeps until
  // the next Open or Close.
  absl::Status Open(absl::Span<const uint8_t> packed);
  // Lets go of the file.
  void Close();

  // Of the open clip.
  const VideoIndex& index() const;

  // Decodes the frames (0 <= frame < index().size(), in any order, repeats
  // allowed) into images of the same number: upright, RGB, 8 bit, pixels of the
  // image's own. What the frames don't need is not decoded, a frame that is
  // wanted twice is decoded once. Broken where the file isn't any more what the
  // index says, or a frame can't be decoded.
  absl::Status Read(absl::Span<const int64_t> frames,
                    absl::Span<Image* const> images);

 private:
  class Clip;
  std::unique_ptr<Clip> clip_;
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_VIDEO_VIDEO_READER_H_
