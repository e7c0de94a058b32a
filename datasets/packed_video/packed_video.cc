#include "datasets/packed_video/packed_video.pb.h"
#include "framework/codec/codec.h"
#include "framework/core/dataset.h"
#include "framework/core/option_checks.h"
#include "framework/pack/pack.h"
#include "framework/shared/clip_reading.h"
#include "framework/shared/image_options.h"

namespace toque {
namespace {

struct PackedVideo : Dataset {
  PackedVideo(std::string file, ClipReading clips, PictureDecoding pictures)
      : file(std::move(file)),
        clips(std::move(clips)),
        pictures(std::move(pictures)) {}

  absl::Status Open(const Context& context) override {
    clips.Open(context);
    ASSIGN_OR_RETURN(pack, PackReader::Open(context.DataPath(file)));
    return absl::OkStatus();
  }

  DatasetInfo Info() const override {
    return {.classes = pack->classes(), .class_names = pack->class_names()};
  }

  int64_t size() const override { return pack->size(); }

  std::string Name(int64_t index) const override {
    return absl::StrCat(Dataset::Name(index), " (", pack->Name(index), ")");
  }

  absl::StatusOr<std::vector<int64_t>> Labels() const override {
    std::vector<int64_t> labels;
    for (int64_t i = 0; i < size(); ++i) labels.push_back(pack->Label(i));
    return labels;
  }

  absl::Status Read(int64_t index, Rng& rng, Example* example) const override {
    example->SetLabel(pack->Label(index));
    const int64_t count = pack->Pictures(index);
    if (count == 1) {
      // Keeps its memory from one clip to the next.
      thread_local std::vector<uint8_t> buffer;
      ASSIGN_OR_RETURN(const auto bytes, pack->Read(index, 0, &buffer));
      // A single frame is a picture, too.
      if (!ReadHeader(bytes).ok()) return clips.Read(bytes, rng, example);
    }
    return ReadPictures(index, count, rng, example);
  }

  absl::Status ReadPictures(int64_t index, int64_t count, Rng& rng,
                            Example* example) const {
    thread_local PickedFrames picked;
    RETURN_IF_ERROR(clips.picker().Pick(count, rng, example, &picked));
    for (size_t i = 0; i < picked.frames.size(); ++i) {
      const int64_t frame = picked.frames[i];
      Image* const image = picked.images[i];
      ASSIGN_OR_RETURN(const auto bytes,
                       pack->Read(index, frame, &image->bytes()));
      RETURN_IF_ERROR(
          pictures.Open(bytes, pack->FirstPicture(index) + frame, image));
    }
    return CheckOneSize(picked);
  }

  std::string file;
  ClipReading clips;
  PictureDecoding pictures;
  std::unique_ptr<PackReader> pack;
};

Made<Dataset> MakePackedVideo(const recipe::PackedVideo& options,
                              const Context& context) {
  RETURN_IF_ERROR(Given("file", options.has_file()));
  ASSIGN_OR_RETURN(ClipReading clips, ClipReadingOf(options, context));
  auto pictures = PictureDecodingOf(options.pictures(), "pictures");
  if (!pictures.ok()) return pictures.status();
  return std::make_unique<PackedVideo>(options.file(), std::move(clips),
                                       *std::move(pictures));
}

TOQUE_PLUGIN(MakePackedVideo);

}  // namespace
}  // namespace toque
