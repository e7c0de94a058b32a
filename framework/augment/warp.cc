#include "framework/augment/warp.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace toque {
namespace {

// Fixed point with 16 bits of fraction, cut off where doubles are exact.
constexpr int kFractionBits = 16;
constexpr double kOne = 1 << kFractionBits;
int64_t Cut(double value) {
  return static_cast<int64_t>(std::clamp(value, -0x1p50, 0x1p50));
}
int64_t Fixed(double value) { return Cut(std::floor(value * kOne + 0.5)); }

// The columns of a row that show the source.
struct Interval {
  int64_t begin = 0;
  int64_t end = 0;
};

Interval Both(Interval a, Interval b) {
  const int64_t begin = std::max(a.begin, b.begin);
  return {begin, std::max(begin, std::min(a.end, b.end))};
}

// Where 0 <= at(x) < limit, of x = 0 .. count-1; at is monotone.
template <typename At>
Interval Inside(int64_t count, double limit, const At& at) {
  const bool rises = at(0) <= at(count - 1);
  const auto first_past = [&](double bound) {
    int64_t low = 0;
    int64_t high = count;
    while (low < high) {
      const int64_t middle = (low + high) / 2;
      const double value = at(middle);
      if (rises ? value >= bound : value < bound) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  };
  const int64_t zero = first_past(0);
  const int64_t top = first_past(limit);
  return rises ? Interval{zero, top} : Interval{top, zero};
}

// Where pixels are read: of kChannels channels, or of any number where that is
// 0. Loops have a copy of their own, which no byte that they write can change.
template <int kChannels>
struct Source {
  int64_t channels() const { return kChannels ? kChannels : any_channels; }
  const uint8_t* At(int64_t x, int64_t y) const {
    return data + (y * width + x) * channels();
  }
  void Copy(const uint8_t* from, uint8_t* to) const {
    std::memcpy(to, from, static_cast<size_t>(channels()));
  }

  const uint8_t* data;
  int64_t height;
  int64_t width;
  int64_t any_channels;
};

template <int kChannels>
class Warper {
 public:
  Warper(const EditablePixels& in, const Affine& affine, const uint8_t* fill,
         const EditablePixels& out)
      : in_{in.data, in.height, in.width, in.channels},
        affine_(affine),
        fill_(fill),
        out_(out) {}

  void Nearest() const;
  void Bilinear() const;
  // Nearest, without rotation and shear.
  void Scale() const;

 private:
  // The columns of row `y` that don't show the source.
  void Fill(int64_t y, Interval inside) const {
    const Source<kChannels> in = in_;
    const uint8_t* const fill = fill_;
    const int64_t width = out_.width;
    uint8_t* const row = out_.row(y);
    for (int64_t x = 0; x < inside.begin; ++x) {
      in.Copy(fill, row + x * in.channels());
    }
    for (int64_t x = inside.end; x < width; ++x) {
      in.Copy(fill, row + x * in.channels());
    }
  }

  void BilinearRow(int64_t y, Interval inside) const;

  const Source<kChannels> in_;
  const Affine affine_;
  const uint8_t* const fill_;
  const EditablePixels out_;
};

template <int kChannels>
void Warper<kChannels>::Nearest() const {
  const Source<kChannels> in = in_;
  const Affine& a = affine_;
  const int64_t x_step = Fixed(a.xx);
  const int64_t y_step = Fixed(a.yx);
  const auto begin = [](double offset, double column, double row) {
    return static_cast<double>(Fixed(offset + column * 0.5 + row * 0.5));
  };
  const auto in_row = [](double begin, double step, int64_t at) {
    return begin + step * static_cast<double>(at);
  };
  const double x_begin = begin(a.x0, a.xx, a.xy);
  const double y_begin = begin(a.y0, a.yx, a.yy);
  const auto x_down = static_cast<double>(Fixed(a.xy));
  const auto y_down = static_cast<double>(Fixed(a.yy));
  for (int64_t y = 0; y < out_.height; ++y) {
    const int64_t x_row = Cut(in_row(x_begin, x_down, y));
    const int64_t y_row = Cut(in_row(y_begin, y_down, y));
    const auto columns = [&](int64_t row, int64_t step, int64_t size) {
      return Inside(out_.width, static_cast<double>(size) * kOne,
                    [&](int64_t x) {
                      return in_row(static_cast<double>(row),
                                    static_cast<double>(step), x);
                    });
    };
    const Interval inside = Both(columns(x_row, x_step, in.width),
                                 columns(y_row, y_step, in.height));
    Fill(y, inside);
    if (inside.begin == inside.end) continue;
    int64_t x_at = x_row + inside.begin * x_step;
    int64_t y_at = y_row + inside.begin * y_step;
    uint8_t* to = out_.row(y) + inside.begin * in.channels();
    for (int64_t x = inside.begin; x < inside.end; ++x, to += in.channels()) {
      in.Copy(in.At(x_at >> kFractionBits, y_at >> kFractionBits), to);
      x_at += x_step;
      y_at += y_step;
    }
  }
}

template <int kChannels>
void Warper<kChannels>::Scale() const {
  const Source<kChannels> in = in_;
  const double x_step = affine_.xx;
  // Added up column by column, as Pillow does: its rounding shows.
  Interval inside;
  double first = 0;
  double x_source = affine_.x0 + x_step * 0.5;
  for (int64_t x = 0; x < out_.width; ++x, x_source += x_step) {
    if (!(0 <= x_source && x_source < static_cast<double>(in.width))) continue;
    if (inside.end == 0) {
      inside.begin = x;
      first = x_source;
    }
    inside.end = x + 1;
  }
  double y_source = affine_.y0 + affine_.yy * 0.5;
  for (int64_t y = 0; y < out_.height; ++y, y_source += affine_.yy) {
    const bool shown =
        y_source >= 0 && y_source < static_cast<double>(in.height);
    const Interval columns = shown ? inside : Interval();
    Fill(y, columns);
    uint8_t* to = out_.row(y) + columns.begin * in.channels();
    const auto row = static_cast<int64_t>(shown ? y_source : 0);
    double at = first;
    for (int64_t x = columns.begin; x < columns.end; ++x, to += in.channels()) {
      in.Copy(in.At(static_cast<int64_t>(at), row), to);
      at += x_step;
    }
  }
}

// A place of the source, at least 0, between the centers of two pixels.
struct Bracket {
  Bracket(double place, int64_t size) {
    const double centered = place - 0.5;
    const int64_t before = centered < 0 ? -1 : static_cast<int64_t>(centered);
    fraction = centered - static_cast<double>(before);
    low = std::max<int64_t>(before, 0);
    high = std::min(before + 1, size - 1);
  }
  int64_t low;
  int64_t high;
  double fraction;
};

double Mix(double from, double to, double share) {
  return from + (to - from) * share;
}

template <int kChannels>
void Warper<kChannels>::BilinearRow(int64_t y, Interval inside) const {
  const Source<kChannels> in = in_;
  const Affine a = affine_;
  const double row = static_cast<double>(y) + 0.5;
  uint8_t* to = out_.row(y) + inside.begin * in.channels();
  for (int64_t i = inside.begin; i < inside.end; ++i, to += in.channels()) {
    const double column = static_cast<double>(i) + 0.5;
    const Bracket x(a.xx * column + a.xy * row + a.x0, in.width);
    const Bracket y_source(a.yx * column + a.yy * row + a.y0, in.height);
    const uint8_t* top_left = in.At(x.low, y_source.low);
    const uint8_t* top_right = in.At(x.high, y_source.low);
    const uint8_t* bottom_left = in.At(x.low, y_source.high);
    const uint8_t* bottom_right = in.At(x.high, y_source.high);
    for (int64_t c = 0; c < in.channels(); ++c) {
      const double top = Mix(top_left[c], top_right[c], x.fraction);
      const double bottom = Mix(bottom_left[c], bottom_right[c], x.fraction);
      to[c] = static_cast<uint8_t>(Mix(top, bottom, y_source.fraction));
    }
  }
}

template <int kChannels>
void Warper<kChannels>::Bilinear() const {
  const Affine& a = affine_;
  for (int64_t y = 0; y < out_.height; ++y) {
    const double row = static_cast<double>(y) + 0.5;
    const auto columns = [&](double across, double down, double offset,
                             int64_t size) {
      return Inside(out_.width, static_cast<double>(size), [&](int64_t x) {
        return across * (static_cast<double>(x) + 0.5) + down * row + offset;
      });
    };
    const Interval inside = Both(columns(a.xx, a.xy, a.x0, in_.width),
                                 columns(a.yx, a.yy, a.y0, in_.height));
    Fill(y, inside);
    BilinearRow(y, inside);
  }
}

template <int kChannels>
void WarpAs(const EditablePixels& in, const Affine& affine, Filter filter,
            const uint8_t* fill, const EditablePixels& out) {
  const Warper<kChannels> warper(in, affine, fill, out);
  if (filter != Filter::kNearest) {
    warper.Bilinear();
  } else if (affine.xy == 0 && affine.yx == 0) {
    warper.Scale();
  } else {
    warper.Nearest();
  }
}

}  // namespace

void Warp(const EditablePixels& in, const Affine& affine, Filter filter,
          const uint8_t* fill, const EditablePixels& out) {
  if (in.channels == 1) return WarpAs<1>(in, affine, filter, fill, out);
  if (in.channels == 3) return WarpAs<3>(in, affine, filter, fill, out);
  WarpAs<0>(in, affine, filter, fill, out);
}

}  // namespace toque
