#include "framework/image/row_writer.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "framework/image/row_kernels.h"

namespace toque {
namespace {

size_t Size(int64_t size) { return static_cast<size_t>(size); }

std::vector<float>& Floats() {
  static thread_local std::vector<float> scratch;
  return scratch;
}

// The nearest bfloat16, ties to even; NaN stays one.
uint16_t ToBfloat16(float value) {
  const auto bits = std::bit_cast<uint32_t>(value);
  if (std::isnan(value)) return 0x7FC0;
  return static_cast<uint16_t>((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
}

uint8_t ToByte(float value) {
  return static_cast<uint8_t>(std::lrint(std::clamp(value, 0.0f, 255.0f)));
}

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

RowWriter::RowWriter(void* out, PixelForm form, int64_t height, int64_t width,
                     int64_t channels, bool flip, const RowValues& values,
                     bool plain)
    : out_(out),
      form_(form),
      height_(height),
      width_(width),
      channels_(channels),
      flip_(flip),
      values_(values),
      plain_(plain && form.type == PixelForm::kUint8),
      scratch_(Floats()) {
  scratch_.resize(std::max(scratch_.size(), Size(width * channels)));
}

float* RowWriter::Row(int64_t y, int64_t channel) {
  if (!direct()) return scratch_.data();
  return static_cast<float*>(out_) + (channel * height_ + y) * width_;
}

void RowWriter::Commit(int64_t y, int64_t channel, const float* row,
                       int64_t begin, int64_t count) {
  if (direct()) return;
  const int64_t stride = form_.interleaved ? channels_ : 1;
  const int64_t place = form_.interleaved
                            ? (y * width_ + begin) * channels_ + channel
                            : (channel * height_ + y) * width_ + begin;
  switch (form_.type) {
    case PixelForm::kFloat32: {
      float* out = static_cast<float*>(out_) + place;
      for (int64_t x = 0; x < count; ++x) out[x * stride] = row[x];
      break;
    }
    case PixelForm::kBfloat16: {
      auto* out = static_cast<uint16_t*>(out_) + place;
      for (int64_t x = 0; x < count; ++x) out[x * stride] = ToBfloat16(row[x]);
      break;
    }
    case PixelForm::kUint8: {
      uint8_t* out = static_cast<uint8_t*>(out_) + place;
      for (int64_t x = 0; x < count; ++x) out[x * stride] = ToByte(row[x]);
      break;
    }
  }
}

void RowWriter::Set(int64_t y, int64_t channel, int64_t begin,
                    absl::Span<const float> values) {
  const auto count = static_cast<int64_t>(values.size());
  if (direct()) std::ranges::copy(values, Row(y, channel) + begin);
  Commit(y, channel, values.data(), begin, count);
}

void RowWriter::FillColumns(int64_t y, int64_t channel, int64_t begin,
                            int64_t count) {
  if (count <= 0) return;
  float* row = Row(y, channel) + (direct() ? begin : 0);
  std::fill_n(row, count, values_.fill[Size(channel)]);
  Commit(y, channel, row, begin, count);
}

void RowWriter::Fill(int64_t y) { FillAround(y, 0, 0); }

void RowWriter::FillAround(int64_t y, int64_t begin, int64_t count) {
  if (count == width_) return;
  const int64_t left = flip_ ? width_ - begin - count : begin;
  for (int64_t c = 0; c < channels_; ++c) {
    FillColumns(y, c, 0, left);
    FillColumns(y, c, left + count, width_ - left - count);
  }
}

void RowWriter::Levels(int64_t y, int64_t begin, int64_t count,
                       const uint8_t* row) {
  const int64_t left = flip_ ? width_ - begin - count : begin;
  if (plain_ && form_.interleaved) {
    WriteBytes(row, count, channels_, flip_,
               static_cast<uint8_t*>(out_) + (y * width_ + left) * channels_);
  } else if (plain_) {
    WriteBytePlanes(row, count, channels_, flip_, height_ * width_,
                    static_cast<uint8_t*>(out_) + y * width_ + left);
  } else {
    const int64_t plane = direct() ? height_ * width_ : count;
    float* out = direct() ? Row(y, 0) + left : scratch_.data();
    WritePlanes(row, count, channels_, flip_, values_.scale.data(),
                values_.shift.data(), plane, out);
    for (int64_t c = 0; c < channels_ && !direct(); ++c) {
      Commit(y, c, out + c * plane, left, count);
    }
  }
  FillAround(y, begin, count);
}

template <typename Pixel>
void RowWriter::Pixels(int64_t y, int64_t channel, int64_t begin, int64_t count,
                       const Pixel* row, int64_t stride) {
  const auto c = Size(channel);
  const float fill = values_.fill[c];
  float* const first = Row(y, channel);
  float* out = std::fill_n(first, flip_ ? width_ - begin - count : begin, fill);
  if (stride == 1) {
    Scale(row, 1, count, values_.scale[c], values_.shift[c], out);
  } else {
    Scale(row, stride, count, values_.scale[c], values_.shift[c], out);
  }
  // In the cache still, and faster than writing backwards.
  if (flip_) std::reverse(out, out + count);
  out += count;
  std::fill_n(out, flip_ ? begin : width_ - begin - count, fill);
  Commit(y, channel, first, 0, width_);
}

template void RowWriter::Pixels(int64_t, int64_t, int64_t, int64_t,
                                const uint8_t*, int64_t);
template void RowWriter::Pixels(int64_t, int64_t, int64_t, int64_t,
                                const uint16_t*, int64_t);
template void RowWriter::Pixels(int64_t, int64_t, int64_t, int64_t,
                                const float*, int64_t);

}  // namespace toque
