// How data sets of clips make examples: a sampler picks frames, and those that
// it picked are read.

#ifndef TOQUE_FRAMEWORK_SHARED_CLIP_READING_H_
#define TOQUE_FRAMEWORK_SHARED_CLIP_READING_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "framework/core/example.h"
#include "framework/core/sampler.h"
#include "framework/options.pb.h"
#include "framework/status.h"
#include "framework/video/reader_pool.h"

namespace toque {

// The frames that were picked of a clip, in the order of the picks, and the
// images of an example that they go to; as many.
struct PickedFrames {
  std::vector<int64_t> frames;
  std::vector<Image*> images;
};

// The option `sampler` of a data set of clips.
class FramePicker {
 public:
  FramePicker() = default;  // picks nothing
  // An error where the sampler isn't given or orders examples.
  static absl::StatusOr<FramePicker> Of(bool given,
                                        const google::protobuf::Any& sampler,
                                        const Context& context);

  // Picks of a clip of `count` frames, and makes `example` one of images[view][
  // segment * frames + frame] for them. Broken for a clip without frames.
  absl::Status Pick(int64_t count, Rng& rng, Example* example,
                    PickedFrames* picked) const;

 private:
  std::unique_ptr<Sampler> sampler_;
  ClipLayout layout_;
};

// Broken where the frames of a clip differ in size.
absl::Status CheckOneSize(const PickedFrames& picked);

// Where indexes of clips are kept unless a user says otherwise; empty where the
// environment knows no such folder.
std::string DefaultIndexFolder();

// Where the options say, in the data folder, or else the default; empty for
// nowhere.
std::string IndexFolderOf(const toque::VideoDecoding& decoding,
                          const Context& context);

// The options `sampler` and `decoding` of a data set of videos: reads the
// picked frames, with as many readers as there are threads that read at once.
class ClipReading {
 public:
  static absl::StatusOr<ClipReading> Of(FramePicker picker,
                                        const toque::VideoDecoding& decoding);

  // Before the first Read; opens no file.
  void Open(const Context& context);

  // Of the video file at `path`. Broken with the reason, which doesn't name the
  // file. Safe from several threads, and so is the other one.
  absl::Status Read(const std::string& path, Rng& rng, Example* example) const;
  // Of a packed clip.
  absl::Status Read(absl::Span<const uint8_t> packed, Rng& rng,
                    Example* example) const;

  const FramePicker& picker() const { return picker_; }

 private:
  ClipReading(FramePicker picker, const toque::VideoDecoding& decoding)
      : picker_(std::move(picker)), decoding_(decoding) {}
  template <typename Source>
  absl::Status ReadFrom(const Source& source, Rng& rng, Example* example) const;

  FramePicker picker_;
  toque::VideoDecoding decoding_;
  std::unique_ptr<ReaderPool> pool_;
};

// Of the options of a data set that has both.
template <typename Options>
absl::StatusOr<ClipReading> ClipReadingOf(const Options& options,
                                          const Context& context) {
  ASSIGN_OR_RETURN(
      FramePicker picker,
      FramePicker::Of(options.has_sampler(), options.sampler(), context));
  return ClipReading::Of(std::move(picker), options.decoding());
}

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_SHARED_CLIP_READING_H_
