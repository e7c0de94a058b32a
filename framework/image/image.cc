// What is noted. image_edit.cc and image_write.cc do it.

#include "framework/image/image.h"

#include <algorithm>

#include "glog/logging.h"

namespace toque {
namespace {

// The part of `a` that lies in `b`; of no height or width where there is none.
Region Intersection(const Region& a, const Region& b) {
  const int64_t top = std::max(a.top, b.top);
  const int64_t left = std::max(a.left, b.left);
  const int64_t bottom = std::min(a.top + a.height, b.top + b.height);
  const int64_t right = std::min(a.left + a.width, b.left + b.width);
  return {top, left, std::max<int64_t>(bottom - top, 0),
          std::max<int64_t>(right - left, 0)};
}

}  // namespace

PixelLayout PixelLayout::Planar(int64_t channels, int64_t height,
                                int64_t width) {
  return {height, width, channels, width, 1, height * width};
}

PixelLayout PixelLayout::Interleaved(int64_t channels, int64_t height,
                                     int64_t width) {
  return {height, width, channels, width * channels, channels, 1};
}

void Image::View(const uint8_t* pixels, const PixelLayout& layout,
                 float greatest) {
  Reset(Type::kUint8, pixels, layout, greatest);
}

void Image::View(const uint16_t* pixels, const PixelLayout& layout,
                 float greatest) {
  Reset(Type::kUint16, pixels, layout, greatest);
}

void Image::View(const float* pixels, const PixelLayout& layout) {
  Reset(Type::kFloat, pixels, layout, 1);
}

absl::Span<uint8_t> Image::Allocate(int64_t channels, int64_t height,
                                    int64_t width) {
  own_.resize(static_cast<size_t>(channels * height * width));
  Reset(Type::kUint8, nullptr,
        PixelLayout::Interleaved(channels, height, width), 255);
  return absl::MakeSpan(own_);
}

absl::Status Image::Open(absl::Span<const uint8_t> bytes,
                         const ImageOptions& options) {
  CHECK(options.channels == 1 || options.channels == 3);
  ASSIGN_OR_RETURN(const ImageHeader header, ReadHeader(bytes));
  if (header.height > options.max_pixels / header.width) {
    return Broken(absl::StrCat(toque::View(NameOf(header.format)),
                               ": the picture must have at most ",
                               options.max_pixels, " pixels (max_pixels), got ",
                               header.height, " x ", header.width));
  }
  const bool turned = header.orientation >= 5;
  Reset(Type::kEncoded, nullptr,
        PixelLayout::Interleaved(options.channels,
                                 turned ? header.width : header.height,
                                 turned ? header.height : header.width),
        255);
  encoded_ = bytes;
  header_ = header;
  options_ = options;
  return absl::OkStatus();
}

void Image::Reset(Type type, const void* pixels, const PixelLayout& layout,
                  float greatest) {
  CHECK(layout.channels >= 1 && layout.channels <= kMaxChannels)
      << layout.channels << " channels";
  CHECK(layout.height >= 1 && layout.width >= 1);
  type_ = type;
  pixels_ = pixels;
  layout_ = layout;
  greatest_ = greatest;
  encoded_ = {};
  cache_ = nullptr;
  content_ = Content::kColour;
  fault_ = absl::OkStatus();
  resized_.reset();
  window_ = visible_ = {0, 0, layout.height, layout.width};
  flipped_ = negated_ = false;
  scale_.fill(1);
  shift_.fill(0);
  fill_.fill(0);
  rest_ = type == Type::kFloat ? 0 : 0.5f;
  erased_.clear();
}

void Image::Crop(int64_t top, int64_t left, int64_t height, int64_t width,
                 float fill) {
  CHECK(height >= 1 && width >= 1);
  if (!erased_.empty()) CarryOut();
  if (top < 0 || left < 0 || top + height > window_.height ||
      left + width > window_.width) {
    if (ShowsFill()) CarryOut();  // its fill may be another
    fill_.fill(fill);
  }
  // Whatever the picture did not show before stays hidden.
  visible_ = Intersection(visible_, window_);
  // A mirrored picture counts its columns from the right.
  if (flipped_) left = window_.width - left - width;
  window_ = {window_.top + top, window_.left + left, height, width};
}

// Whether any of the window lies outside of what is visible.
bool Image::ShowsFill() const {
  return Intersection(window_, visible_) != window_;
}

void Image::Pad(int64_t border, float fill) {
  CHECK_GE(border, 0);
  Crop(-border, -border, height() + 2 * border, width() + 2 * border, fill);
}

void Image::Resize(int64_t height, int64_t width, Filter filter,
                   bool antialias) {
  CHECK(height >= 1 && width >= 1);
  if (height == window_.height && width == window_.width) return;
  if (resized_.has_value() || ShowsFill() || !erased_.empty()) CarryOut();
  resized_ = Resized{window_, height, width, filter, antialias};
  window_ = visible_ = {0, 0, height, width};
}

void Image::Flip() {
  if (!erased_.empty()) CarryOut();
  flipped_ = !flipped_;
  if (content_ != Content::kFlow) return;
  negated_ = !negated_;
  // Even channels hold x: a value v becomes v(rest) - (v - v(rest)).
  for (size_t c = 0; c < kMaxChannels; c += 2) {
    fill_[c] = 2 * (rest_ * scale_[c] + shift_[c]) - fill_[c];
  }
}

absl::Status Image::Normalize(absl::Span<const float> mean,
                              absl::Span<const float> std) {
  for (const absl::Span<const float> values : {mean, std}) {
    if (values.size() != 1 &&
        values.size() != static_cast<size_t>(channels())) {
      return Invalid(absl::StrCat("mean and std must have 1 or ", channels(),
                                  " values, as the image has channels"),
                     values.size());
    }
  }
  for (size_t c = 0; c < static_cast<size_t>(channels()); ++c) {
    const float m = mean[mean.size() == 1 ? 0 : c];
    const float inverse = 1 / std[std.size() == 1 ? 0 : c];
    scale_[c] *= inverse;
    shift_[c] = (shift_[c] - m) * inverse;
    fill_[c] = (fill_[c] - m) * inverse;
    for (Erased& erased : erased_) {
      erased.values[c] = (erased.values[c] - m) * inverse;
      erased.spread[c] *= inverse;
    }
  }
  return absl::OkStatus();
}

void Image::Erase(const Region& region, absl::Span<const float> values) {
  CHECK(values.size() == 1 || static_cast<int64_t>(values.size()) == channels())
      << values.size() << " values";
  Erased erased;
  erased.region = Intersection(region, {0, 0, height(), width()});
  erased.spread.fill(0);
  for (size_t c = 0; c < static_cast<size_t>(channels()); ++c) {
    erased.values[c] = values[values.size() == 1 ? 0 : c];
  }
  erased_.push_back(erased);
}

void Image::EraseWithNoise(const Region& region, uint64_t seed) {
  Erase(region, {0.0f});
  erased_.back().spread.fill(1);
  erased_.back().seed = seed;
}

}  // namespace toque
