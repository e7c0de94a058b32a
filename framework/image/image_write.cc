// Does what was noted.

#include <algorithm>
#include <cmath>
#include <limits>

#include "framework/core/rng.h"
#include "framework/image/image.h"
#include "framework/image/resampler.h"
#include "framework/image/row_writer.h"
#include "framework/image/taps.h"

namespace toque {
namespace {

size_t Size(int64_t size) { return static_cast<size_t>(size); }

int64_t Reduced(int64_t size, int reduce) {
  return (size + reduce - 1) / reduce;
}

// One row of output before it is resampled along the row.
template <typename Pixel>
void BlendFloats(const Pixel* plane, const PixelLayout& layout,
                 const Taps& rows, int64_t y, absl::Span<float> line) {
  std::fill(line.begin(), line.end(), 0.0f);
  const float* share = rows.shares(y);
  for (int64_t i = rows.first(y); i < rows.end(y); ++i, ++share) {
    const Pixel* row = plane + i * layout.row_stride;
    for (size_t x = 0; x < line.size(); ++x) {
      line[x] += static_cast<float>(*row) * *share;
      row += layout.column_stride;
    }
  }
}

// One axis of Image::AxesOf, without the side of the output.
Axis AxisOf(int64_t begin, int64_t size, int64_t whole, int reduce) {
  Axis axis;
  const int64_t first = begin / reduce;
  axis.origin =
      static_cast<double>(begin) / reduce - static_cast<double>(first);
  axis.extent = static_cast<double>(size) / reduce;
  axis.limit =
      std::min(Reduced(begin + size, reduce), Reduced(whole, reduce)) - first;
  return axis;
}

}  // namespace

// Whether its pixels go through rows of four bytes.
bool Image::HasLevels() const {
  return type_ == Type::kEncoded ||
         (type_ == Type::kUint8 && greatest_ == 255 && layout_.channels <= 4 &&
          layout_.channels != 2);
}

RowValues Image::ValuesOf(PixelForm form) const {
  RowValues values;
  const bool levels = form.type == PixelForm::kUint8;
  for (size_t c = 0; c < kMaxChannels; ++c) {
    const bool negated = negated_ && c % 2 == 0;
    const float sign = negated ? -1.0f : 1.0f;
    const float offset = negated ? 2 * rest_ : 0.0f;
    const float scale = levels ? 255.0f : scale_[c];
    const float shift = levels ? 0.0f : shift_[c];
    values.scale[c] = sign / greatest_ * scale;
    values.shift[c] = offset * scale + shift;
    values.fill[c] =
        levels ? (fill_[c] - shift_[c]) / scale_[c] * 255 : fill_[c];
  }
  return values;
}

absl::Status Image::Write(void* out, PixelForm form) const {
  RETURN_IF_ERROR(fault_);
  const RowValues values = ValuesOf(form);
  const bool plain = HasLevels() && !negated_;
  RowWriter writer(out, form, height(), width(), channels(), flipped_, values,
                   plain);
  if (type_ == Type::kEncoded || (resized_.has_value() && HasLevels())) {
    RETURN_IF_ERROR(WriteLevels(writer));
  } else if (resized_.has_value()) {
    WriteFloats(writer);
  } else {
    WritePixels(writer);
  }
  WriteErased(writer, form);
  return absl::OkStatus();
}

void Image::WriteErased(RowWriter& writer, PixelForm form) const {
  static thread_local std::vector<float> row;
  for (const Erased& erased : erased_) {
    const Region& region = erased.region;
    row.resize(Size(region.width));
    Rng rng(erased.seed);
    for (int64_t c = 0; c < channels(); ++c) {
      const auto i = Size(c);
      // Levels are those of the picture without Normalize.
      const bool levels = form.type == PixelForm::kUint8;
      const float scale = levels ? 255 / scale_[i] : 1;
      const float shift = levels ? -shift_[i] * scale : 0;
      for (int64_t y = 0; y < region.height; ++y) {
        for (float& value : row) {
          value = erased.values[i];
          if (erased.spread[i] != 0) {
            value += erased.spread[i] * static_cast<float>(rng.Normal());
          }
          value = value * scale + shift;
        }
        writer.Set(region.top + y, c, region.left, row);
      }
    }
  }
}

void Image::WritePixels(RowWriter& writer) const {
  switch (type_) {
    case Type::kUint8:
      return WriteAs(static_cast<const uint8_t*>(data()), writer);
    case Type::kUint16:
      return WriteAs(static_cast<const uint16_t*>(data()), writer);
    case Type::kFloat:
      return WriteAs(static_cast<const float*>(data()), writer);
    case Type::kEncoded:
      return;
  }
}

// The part of the window that has pixels, in the window's coordinates.
Region Image::Shown() const {
  const auto part = [](int64_t begin, int64_t size, int64_t from,
                       int64_t many) {
    const int64_t first = std::clamp<int64_t>(from - begin, 0, size);
    return std::pair(first,
                     std::clamp<int64_t>(from + many - begin, first, size));
  };
  const auto [top, bottom] =
      part(window_.top, window_.height, visible_.top, visible_.height);
  const auto [left, right] =
      part(window_.left, window_.width, visible_.left, visible_.width);
  return {top, left, bottom - top, right - left};
}

template <typename Pixel>
void Image::WriteAs(const Pixel* pixels, RowWriter& writer) const {
  const Region shown = Shown();
  for (int64_t y = 0; y < window_.height; ++y) {
    if (y < shown.top || y >= shown.top + shown.height) writer.Fill(y);
  }
  for (int64_t c = 0; c < layout_.channels; ++c) {
    const Pixel* plane = pixels + c * layout_.channel_stride +
                         (window_.left + shown.left) * layout_.column_stride;
    for (int64_t y = shown.top; y < shown.top + shown.height; ++y) {
      writer.Pixels(y, c, shown.left, shown.width,
                    plane + (window_.top + y) * layout_.row_stride,
                    layout_.column_stride);
    }
  }
}

absl::Status Image::WriteLevels(RowWriter& writer) const {
  const Region shown = Shown();
  const bool any = shown.height > 0 && shown.width > 0;
  for (int64_t y = 0; y < window_.height; ++y) {
    if (!any || y < shown.top || y >= shown.top + shown.height) writer.Fill(y);
  }
  if (!any) return absl::OkStatus();
  if (resized_.has_value()) return WriteResampled(writer, shown);
  const Region region = {window_.top + shown.top, window_.left + shown.left,
                         shown.height, shown.width};
  return Produce(region, 1, [&](int64_t y, const uint8_t* row) {
    writer.Levels(shown.top + y, shown.left, shown.width, row);
  });
}

// How far a JPEG may be reduced while it is decoded, so that it is still no
// smaller than what is wanted.
int Image::Reduction(const Region& box) const {
  if (type_ != Type::kEncoded || header_.format != ImageFormat::kJpeg ||
      !options_.scaled_decoding) {
    return 1;
  }
  int reduce = 8;
  while (reduce > 1 && (box.height < resized_->height * reduce ||
                        box.width < resized_->width * reduce)) {
    reduce /= 2;
  }
  return reduce;
}

// What is shown of the resized picture, in coordinates of the box that it is
// made of, in a source that is reduced.
Axes Image::AxesOf(const Region& shown, int reduce) const {
  const Region& box = resized_->box;
  Axes axes;
  axes.rows = AxisOf(box.top, box.height, layout_.height, reduce);
  axes.rows.target = resized_->height;
  axes.rows.begin = window_.top + shown.top;
  axes.rows.size = shown.height;
  axes.columns = AxisOf(box.left, box.width, layout_.width, reduce);
  axes.columns.target = resized_->width;
  axes.columns.begin = window_.left + shown.left;
  axes.columns.size = shown.width;
  return axes;
}

absl::Status Image::WriteResampled(RowWriter& writer,
                                   const Region& shown) const {
  static thread_local Resampler resampler;
  const Region& box = resized_->box;
  const int reduce = Reduction(box);
  const Axes axes = AxesOf(shown, reduce);
  resampler.Begin(axes.rows, axes.columns, resized_->filter,
                  resized_->antialias);
  Region region = resampler.needed();
  region.top += box.top / reduce;
  region.left += box.left / reduce;
  const auto write = [&](int64_t y, const uint8_t* row) {
    writer.Levels(shown.top + y, shown.left, shown.width, row);
  };
  return Produce(region, reduce, [&](int64_t y, const uint8_t* row) {
    resampler.Push(y, row, write);
  });
}

// Pixels that four bytes can't hold: floats, 16 bits, more channels.
void Image::WriteFloats(RowWriter& writer) const {
  constexpr float kAny = std::numeric_limits<float>::infinity();
  switch (type_) {
    case Type::kUint8:
      return ResampleFloats(static_cast<const uint8_t*>(data()), greatest_,
                            writer);
    case Type::kUint16:
      return ResampleFloats(static_cast<const uint16_t*>(data()), greatest_,
                            writer);
    case Type::kFloat:
      return ResampleFloats(static_cast<const float*>(data()), kAny, writer);
    case Type::kEncoded:
      return;
  }
}

template <typename Pixel>
void Image::ResampleFloats(const Pixel* pixels, float greatest,
                           RowWriter& writer) const {
  static thread_local Taps rows, columns;
  static thread_local std::vector<float> line, out;
  const Region shown = Shown();
  const Axes axes = AxesOf(shown, 1);
  const Region& box = resized_->box;
  rows.Make(axes.rows, resized_->filter, resized_->antialias);
  columns.Make(axes.columns, resized_->filter, resized_->antialias);
  const bool limited = std::isfinite(greatest);
  line.resize(Size(box.width));
  out.resize(Size(shown.width));
  for (int64_t y = 0; y < window_.height; ++y) {
    if (y < shown.top || y >= shown.top + shown.height) writer.Fill(y);
  }
  for (int64_t c = 0; c < layout_.channels; ++c) {
    const Pixel* plane = pixels + c * layout_.channel_stride +
                         box.top * layout_.row_stride +
                         box.left * layout_.column_stride;
    for (int64_t y = 0; y < shown.height; ++y) {
      BlendFloats(plane, layout_, rows, y, absl::MakeSpan(line));
      for (int64_t x = 0; x < shown.width; ++x) {
        const float* share = columns.shares(x);
        float sum = 0;
        for (int64_t i = columns.first(x); i < columns.end(x); ++i) {
          sum += line[Size(i)] * *share++;
        }
        out[Size(x)] = limited ? std::clamp(sum, 0.0f, greatest) : sum;
      }
      writer.Pixels(shown.top + y, c, shown.left, shown.width, out.data(), 1);
    }
  }
}

}  // namespace toque
