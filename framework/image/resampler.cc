#include "framework/image/resampler.h"

#include <algorithm>
#include <cstring>

#include "framework/image/row_kernels.h"

namespace toque {
namespace {

size_t Size(int64_t size) { return static_cast<size_t>(size); }

int64_t MostTaps(const Taps& taps) {
  int64_t most = 1;
  for (int64_t i = 0; i < taps.size(); ++i) {
    most = std::max(most, taps.end(i) - taps.first(i));
  }
  return most;
}

}  // namespace

void Resampler::Begin(const Axis& rows, const Axis& columns, Filter filter,
                      bool antialias) {
  rows_.Make(rows, filter, antialias);
  columns_.Make(columns, filter, antialias);
  rows_first_ = filter == Filter::kBicubic;
  needed_ = {rows_.begin(), columns_.begin(), rows_.end() - rows_.begin(),
             columns_.end() - columns_.begin()};
  rows_.Rebase();
  columns_.Rebase();
  next_ = 0;
  ExpandWeights();
  const int64_t pixels = rows_first_ ? columns_.size() : needed_.width;
  slots_ = MostTaps(rows_);
  slot_bytes_ = Size(pixels * 4 + kRowSlack);
  kept_.resize(Size(slots_) * slot_bytes_);
  // Taps of weight 0 may reach beyond a row's end.
  const int64_t widest = std::max(needed_.width, columns_.size());
  blended_.resize(Size(widest * 4 + kRowSlack + 8 * pairs_));
  out_.resize(Size(columns_.size() * 4 + kRowSlack));
}

void Resampler::ExpandWeights() {
  pairs_ = (MostTaps(columns_) + 1) / 2;
  const int64_t pixels = (columns_.size() + 3) / 4 * 4;
  first_.resize(Size(pixels));
  weights_.resize(Size(pixels * pairs_ * 8));
  for (int64_t x = 0; x < pixels; ++x) {
    const int64_t source = std::min(x, columns_.size() - 1);
    first_[Size(x)] = static_cast<int32_t>(columns_.first(source));
    const int16_t* weights = columns_.weights(source);
    for (int64_t pair = 0; pair < pairs_; ++pair, weights += 2) {
      int32_t two;
      std::memcpy(&two, weights, sizeof(two));
      int16_t* out =
          weights_.data() + ((x / 4 * pairs_ + pair) * 4 + x % 4) * 8;
      for (int i = 0; i < 4; ++i) std::memcpy(out + 2 * i, &two, sizeof(two));
    }
  }
}

void Resampler::Resample(const int16_t* row, uint8_t* out) {
  ResampleRow(row, first_.data(), weights_.data(), pairs_, columns_.size(),
              out);
}

void Resampler::Keep(int64_t y, const uint8_t* row) {
  if (rows_first_) {
    WidenRow(row, needed_.width * 4, blended_.data());
    Resample(blended_.data(), Slot(y));
  } else {
    std::memcpy(Slot(y), row, Size(needed_.width * 4));
  }
}

void Resampler::Push(int64_t y, const uint8_t* row, RowSink sink) {
  Keep(y, row);
  for (; next_ < rows_.size() && rows_.end(next_) <= y + 1; ++next_) {
    const int64_t first = rows_.first(next_);
    tapped_.clear();
    for (int64_t i = first; i < rows_.end(next_); ++i) {
      tapped_.push_back(Slot(i));
    }
    const int64_t pixels = rows_first_ ? columns_.size() : needed_.width;
    BlendRows(tapped_.data(), rows_.weights(next_),
              static_cast<int64_t>(tapped_.size()), pixels * 4,
              blended_.data());
    if (rows_first_) {
      RoundRow(blended_.data(), pixels * 4, out_.data());
    } else {
      Resample(blended_.data(), out_.data());
    }
    sink(next_, out_.data());
  }
}

}  // namespace toque
