#include "tools/shown_pictures.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"

namespace toque {
namespace {

constexpr size_t kShownTargets = 3;

std::string TargetText(const Example& example, const DatasetInfo& info) {
  if (example.target_kind() == TargetKind::kLabel) {
    return example.label() == kIgnoredLabel ? "ignored"
                                            : info.ClassName(example.label());
  }
  std::string text;
  const absl::Span<const float> target = example.target();
  for (size_t i = 0; i < std::min(target.size(), kShownTargets); ++i) {
    absl::StrAppendFormat(&text, "%s%.3g", i == 0 ? "" : ", ", target[i]);
  }
  return target.size() > kShownTargets ? text + ", ..." : text;
}

absl::StatusOr<Sheet::Picture> PictureOf(const Image& image) {
  std::vector<uint8_t> levels(static_cast<size_t>(image.elements()));
  RETURN_IF_ERROR(image.Write(
      levels.data(), {.type = PixelForm::kUint8, .interleaved = true}));
  Sheet::Picture picture;
  picture.height = image.height();
  picture.width = image.width();
  picture.pixels.reserve(
      static_cast<size_t>(picture.height * picture.width * 3));
  const auto channels = static_cast<size_t>(image.channels());
  for (size_t pixel = 0; pixel < levels.size(); pixel += channels) {
    for (size_t c = 0; c < 3; ++c) {
      picture.pixels.push_back(levels[pixel + (channels < 3 ? 0 : c)]);
    }
  }
  return picture;
}

// Dots of a strip: between its frames, and of a frame's longest side at least,
// about.
constexpr int64_t kGap = 4;
constexpr int64_t kSmallestFrame = 96;

// Puts `frame`, magnified, into a strip at the column `left`.
void Insert(const Sheet::Picture& frame, int64_t zoom, int64_t left,
            Sheet::Picture* strip) {
  for (int64_t y = 0; y < frame.height * zoom; ++y) {
    uint8_t* out = strip->pixels.data() + (y * strip->width + left) * 3;
    const uint8_t* row = frame.pixels.data() + y / zoom * frame.width * 3;
    for (int64_t x = 0; x < frame.width * zoom; ++x) {
      out = std::copy_n(row + x / zoom * 3, 3, out);
    }
  }
}

absl::StatusOr<Sheet::Picture> StripOf(const std::vector<Image>& images) {
  if (images.size() == 1) return PictureOf(images[0]);
  std::vector<Sheet::Picture> frames;
  int64_t height = 0;
  int64_t width = 0;
  for (const Image& image : images) {
    ASSIGN_OR_RETURN(frames.emplace_back(), PictureOf(image));
    height = std::max(height, frames.back().height);
    width = std::max(width, frames.back().width);
  }
  const int64_t zoom =
      std::max<int64_t>(1, kSmallestFrame / std::max(height, width));
  const int64_t step = width * zoom + kGap;
  Sheet::Picture strip;
  strip.height = height * zoom;
  strip.width = static_cast<int64_t>(frames.size()) * step - kGap;
  strip.pixels.assign(static_cast<size_t>(strip.height * strip.width * 3), 255);
  int64_t left = 0;
  for (const Sheet::Picture& frame : frames) {
    Insert(frame, zoom, left, &strip);
    left += step;
  }
  return strip;
}

// Stands last in the list of transforms and keeps what comes by, so that it is
// the loader itself that reads and draws.
class Recorder : public Transform {
 public:
  explicit Recorder(const DatasetInfo& info) : info_(info) {}

  absl::Status Apply(Example& example, Rng&) const override {
    if (!example.has_images()) return NeedsImages();
    std::vector<Sheet::Picture> views;
    for (const auto& view : example.images) {
      ASSIGN_OR_RETURN(Sheet::Picture picture, StripOf(view));
      picture.name = TargetText(example, info_);
      views.push_back(std::move(picture));
    }
    examples_.push_back(std::move(views));
    return absl::OkStatus();
  }

  // The last `count` of them, each with its views.
  std::vector<Sheet::Picture> Last(size_t count) const {
    std::vector<Sheet::Picture> pictures;
    for (size_t i = examples_.size() - count; i < examples_.size(); ++i) {
      pictures.insert(pictures.end(), examples_[i].begin(), examples_[i].end());
    }
    return pictures;
  }

 private:
  const DatasetInfo& info_;
  mutable std::vector<std::vector<Sheet::Picture>> examples_;
};

}  // namespace

absl::StatusOr<std::vector<Sheet::Picture>> ShownPictures(
    LoaderOptions options, int64_t count, const DatasetInfo& info) {
  const Recorder recorder(info);
  options.transforms.push_back(&recorder);
  options.batch_size = count;
  options.drop_last = false;
  options.threads = 0;
  ASSIGN_OR_RETURN(const auto loader, Loader::Start(options));
  Batch batch;
  RETURN_IF_ERROR(loader->Next(&batch));
  // One more was read at the start, of which the loader learns their form.
  return recorder.Last(batch.index.size());
}

}  // namespace toque
