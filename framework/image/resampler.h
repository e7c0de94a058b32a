// Resampling of rows as they come from a decoder.

#ifndef TOQUE_FRAMEWORK_IMAGE_RESAMPLER_H_
#define TOQUE_FRAMEWORK_IMAGE_RESAMPLER_H_

#include <cstdint>
#include <vector>

#include "framework/codec/codec.h"
#include "framework/image/pixels.h"
#include "framework/image/taps.h"

namespace toque {

// Keeps no more rows than an output row is made of. Levels are within 1 of
// Pillow's: bilinear goes down the columns first, with 64ths of a level in
// between; bicubic along the rows first, with whole levels in between, since
// what a cubic overshoots is cut there (Pillow up to 12; later ones sometimes
// go the other way). May be used again.
class Resampler {
 public:
  void Begin(const Axis& rows, const Axis& columns, Filter filter,
             bool antialias);

  // The part of the source that is looked at.
  const Region& needed() const { return needed_; }

  // Takes row `y` of that part, 0 its first, of needed().width pixels of four
  // bytes; rows come in order, each once. Gives each output row to `sink` as
  // soon as it can be made; it has room for kRowSlack more bytes.
  void Push(int64_t y, const uint8_t* row, RowSink sink);

 private:
  void ExpandWeights();
  uint8_t* Slot(int64_t y) {
    return kept_.data() + (y % slots_) * static_cast<int64_t>(slot_bytes_);
  }
  void Keep(int64_t y, const uint8_t* row);
  void Resample(const int16_t* row, uint8_t* out);

  Taps rows_;
  Taps columns_;
  bool rows_first_ = false;  // along the rows before down the columns
  Region needed_;
  int64_t next_ = 0;  // output row
  int64_t slots_ = 0;
  size_t slot_bytes_ = 0;
  std::vector<uint8_t> kept_;  // the last source rows, in a ring
  std::vector<const uint8_t*> tapped_;
  std::vector<int16_t> blended_;
  std::vector<uint8_t> out_;
  // The columns' taps as ResampleRow takes them.
  int64_t pairs_ = 0;
  std::vector<int32_t> first_;
  std::vector<int16_t> weights_;
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_IMAGE_RESAMPLER_H_
