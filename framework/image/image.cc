#include "framework/image/image.h"

#include <algorithm>
#include <utility>

#include "framework/status.h"
#include "glog/logging.h"

namespace toque {
namespace {

// out[x] = source[x * stride] * scale + shift. Inlined, so that the compiler
// makes vectors of it where the stride is known.
template <typename Pixel>
inline void Scale(const Pixel* __restrict source, int64_t stride, int64_t count,
                  float scale, float shift, float* __restrict out) {
  for (int64_t x = 0; x < count; ++x) {
    out[x] = static_cast<float>(source[x * stride]) * scale + shift;
  }
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

void Image::Reset(Type type, const void* pixels, const PixelLayout& layout,
                  float greatest) {
  CHECK(layout.channels >= 1 && layout.channels <= kMaxChannels)
      << layout.channels << " channels";
  CHECK(layout.height >= 1 && layout.width >= 1);
  type_ = type;
  pixels_ = pixels;
  layout_ = layout;
  content_ = Content::kColour;
  window_ = visible_ = {0, 0, layout.height, layout.width};
  flipped_ = false;
  scale_.fill(1 / greatest);
  shift_.fill(0);
  fill_.fill(0);
  rest_.fill(type == Type::kFloat ? 0 : greatest / 2);
}

void Image::Crop(int64_t top, int64_t left, int64_t height, int64_t width,
                 float fill) {
  CHECK(height >= 1 && width >= 1);
  if (top < 0 || left < 0 || top + height > window_.height ||
      left + width > window_.width) {
    if (ShowsFill()) CarryOut();  // its fill may be another
    fill_.fill(fill);
  }
  // Whatever the picture did not show before stays hidden.
  const int64_t bottom =
      std::min(visible_.top + visible_.height, window_.top + window_.height);
  const int64_t right =
      std::min(visible_.left + visible_.width, window_.left + window_.width);
  visible_.top = std::max(visible_.top, window_.top);
  visible_.left = std::max(visible_.left, window_.left);
  visible_.height = std::max<int64_t>(bottom - visible_.top, 0);
  visible_.width = std::max<int64_t>(right - visible_.left, 0);
  // A mirrored picture counts its columns from the right.
  if (flipped_) left = window_.width - left - width;
  window_ = {window_.top + top, window_.left + left, height, width};
}

// Whether any of the window lies outside of what is visible.
bool Image::ShowsFill() const {
  return window_.top < visible_.top || window_.left < visible_.left ||
         window_.top + window_.height > visible_.top + visible_.height ||
         window_.left + window_.width > visible_.left + visible_.width;
}

// Makes what was noted the pixels: for what can't be noted on top of it.
void Image::CarryOut() {
  std::vector<uint8_t> pixels(static_cast<size_t>(elements()) * sizeof(float));
  Write(reinterpret_cast<float*>(pixels.data()));
  own_ = std::move(pixels);
  PerChannel rest;
  for (size_t c = 0; c < kMaxChannels; ++c) {
    rest[c] = rest_[c] * scale_[c] + shift_[c];
  }
  const Content content = content_;
  Reset(Type::kFloat, nullptr,
        PixelLayout::Planar(channels(), height(), width()), 1);
  content_ = content;
  rest_ = rest;
}

void Image::Pad(int64_t border, float fill) {
  CHECK_GE(border, 0);
  Crop(-border, -border, height() + 2 * border, width() + 2 * border, fill);
}

void Image::Flip() {
  flipped_ = !flipped_;
  if (content_ != Content::kFlow) return;
  // Even channels hold x: a value v becomes v(rest) - (v - v(rest)).
  for (size_t c = 0; c < kMaxChannels; c += 2) {
    const float twice_rest = 2 * (rest_[c] * scale_[c] + shift_[c]);
    scale_[c] = -scale_[c];
    shift_[c] = twice_rest - shift_[c];
    fill_[c] = twice_rest - fill_[c];
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
  }
  return absl::OkStatus();
}

void Image::Write(float* out) const {
  const void* pixels = pixels_ == nullptr ? own_.data() : pixels_;
  switch (type_) {
    case Type::kUint8:
      return WriteAs(static_cast<const uint8_t*>(pixels), out);
    case Type::kUint16:
      return WriteAs(static_cast<const uint16_t*>(pixels), out);
    case Type::kFloat:
      return WriteAs(static_cast<const float*>(pixels), out);
  }
}

template <typename Pixel>
void Image::WriteAs(const Pixel* pixels, float* out) const {
  for (int64_t c = 0; c < layout_.channels; ++c) {
    const Pixel* plane = pixels + c * layout_.channel_stride;
    for (int64_t y = 0; y < window_.height; ++y, out += window_.width) {
      const int64_t row = window_.top + y;
      if (row < visible_.top || row >= visible_.top + visible_.height) {
        std::fill_n(out, window_.width, fill_[static_cast<size_t>(c)]);
      } else {
        WriteRow(plane + row * layout_.row_stride, c, out);
      }
    }
  }
}

// One row of one channel: fill, pixels, fill.
template <typename Pixel>
void Image::WriteRow(const Pixel* row, int64_t channel, float* out) const {
  const auto c = static_cast<size_t>(channel);
  const int64_t begin =
      std::clamp<int64_t>(visible_.left - window_.left, 0, window_.width);
  const int64_t end = std::clamp<int64_t>(
      visible_.left + visible_.width - window_.left, begin, window_.width);
  const int64_t stride = layout_.column_stride;
  const Pixel* source = row + (window_.left + begin) * stride;
  out = std::fill_n(out, flipped_ ? window_.width - end : begin, fill_[c]);
  if (stride == 1) {
    Scale(source, 1, end - begin, scale_[c], shift_[c], out);
  } else {
    Scale(source, stride, end - begin, scale_[c], shift_[c], out);
  }
  // In the cache still, and faster than writing backwards.
  if (flipped_) std::reverse(out, out + (end - begin));
  out += end - begin;
  std::fill_n(out, flipped_ ? begin : window_.width - end, fill_[c]);
}

}  // namespace toque
