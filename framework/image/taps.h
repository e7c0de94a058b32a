// Which source pixels an output pixel is made of, and how much of each: one
// axis of a separable resampling.

#ifndef TOQUE_FRAMEWORK_IMAGE_TAPS_H_
#define TOQUE_FRAMEWORK_IMAGE_TAPS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "framework/image/pixels.h"

namespace toque {

// One axis: `extent` source pixels from `origin` on become `target` pixels, of
// which those in [begin, begin + size) are wanted. Source pixels are numbered
// from 0 to limit-1, and no other is looked at.
struct Axis {
  double origin = 0;
  double extent = 0;
  int64_t limit = 0;
  int64_t target = 0;
  int64_t begin = 0;
  int64_t size = 0;
};

struct Axes {
  Axis rows;
  Axis columns;
};

// The weights of a pixel's taps are whole numbers that sum up to kOne; some at
// the end may be 0. With `antialias` the filter is as wide as what it shrinks
// (Pillow's resampling).
class Taps {
 public:
  static constexpr int kBits = 14;
  static constexpr int kOne = 1 << kBits;

  void Make(const Axis& axis, Filter filter, bool antialias);

  int64_t size() const { return static_cast<int64_t>(first_.size()); }
  // Of each pixel, an even number.
  int64_t count() const { return count_; }
  // The first source pixel, and the end of those with a weight.
  int64_t first(int64_t pixel) const { return first_[Index(pixel)]; }
  int64_t end(int64_t pixel) const { return end_[Index(pixel)]; }
  const int16_t* weights(int64_t pixel) const {
    return weights_.data() + pixel * count_;
  }
  // The same weights before they were rounded; they sum up to 1.
  const float* shares(int64_t pixel) const {
    return shares_.data() + pixel * count_;
  }
  // The source pixels that any pixel has a weight of: [begin, end).
  int64_t begin() const { return begin_; }
  int64_t end() const { return last_; }
  // Numbers the source pixels from begin() on.
  void Rebase();

 private:
  static size_t Index(int64_t pixel) { return static_cast<size_t>(pixel); }
  void Weigh(double centre, double scale, int64_t from, int64_t to,
             Filter filter, int16_t* weights, float* shares);

  int64_t count_ = 0;
  int64_t begin_ = 0;
  int64_t last_ = 0;
  std::vector<int64_t> first_;
  std::vector<int64_t> end_;
  std::vector<int16_t> weights_;
  std::vector<float> shares_;
  std::vector<double> exact_;
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_IMAGE_TAPS_H_
