// What the pictures of a data set have in common (recipe R48).

#ifndef TOQUE_TOOLS_DATASET_STATISTICS_H_
#define TOQUE_TOOLS_DATASET_STATISTICS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/numeric/int128.h"
#include "framework/core/dataset.h"

namespace toque {

// Of one channel, levels 0..255 read as 0..1.
struct ChannelStatistics {
  double mean = 0;
  double std = 0;  // population form: divided by the number of pixels
};

// Sums of levels and of their squares. They are integers, so that what is
// computed of them depends on the pictures alone, in whatever order and from
// however many parts they are added.
class PixelSums {
 public:
  // Adds a picture of `pixels` pixels, at least one, of `channels` interleaved
  // bytes. An error where an earlier one has another number of channels.
  absl::Status Add(const uint8_t* levels, int64_t pixels, int64_t channels);
  // Adds all of `other`'s pictures.
  absl::Status Merge(const PixelSums& other);

  int64_t pictures() const { return pictures_; }
  int64_t pixels() const { return pixels_; }
  // Every pixel counts the same. Empty without a picture, as the next.
  std::vector<ChannelStatistics> PixelWeighted() const;
  // The article's: the mean of the pictures' means, and the deviation of all
  // pixels from it.
  std::vector<ChannelStatistics> ImageWeighted() const;

 private:
  struct Channel {
    uint64_t sum = 0;
    uint64_t squares = 0;
    absl::uint128 means = 0;  // of the pictures' mean levels, in 2^-32
  };

  absl::Status SetChannels(size_t channels);

  int64_t pictures_ = 0;
  int64_t pixels_ = 0;
  std::vector<Channel> channels_;
};

// How often each value occurs.
using Counts = std::map<int64_t, int64_t>;

// The value that half of the others are not above; of an even number of values
// the lower of the two in the middle. `counts` must not be empty.
int64_t Median(const Counts& counts);

struct DatasetStatistics {
  PixelSums pixels;
  Counts heights;
  Counts widths;
  Counts labels;  // of the examples that could be read and have one
  // Examples that could not be read, by place, and why.
  std::vector<std::pair<int64_t, std::string>> broken;
};

// Reads the examples [begin, end) with `threads` threads, at least 1; calls
// `done` after each, from any of them. The result is the same for any number of
// threads. Broken files are noted; every other fault ends it, as an example
// without pictures does.
absl::StatusOr<DatasetStatistics> MeasureDataset(
    const Dataset& dataset, int64_t begin, int64_t end, int threads,
    const std::function<void()>& done);

}  // namespace toque

#endif  // TOQUE_TOOLS_DATASET_STATISTICS_H_
