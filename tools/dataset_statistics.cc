#include "tools/dataset_statistics.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <thread>

#include "framework/guarded.h"

namespace toque {
namespace {

constexpr int kFractionBits = 32;
constexpr double kGreatest = 255;

void MergeCounts(const Counts& from, Counts* to) {
  for (const auto& [value, count] : from) (*to)[value] += count;
}

// What one thread does.
class Measurer {
 public:
  Measurer(const Dataset& dataset, int64_t end, std::atomic<int64_t>* next,
           const std::function<void()>& done)
      : dataset_(dataset), end_(end), next_(next), done_(done) {}

  void Run() {
    for (;;) {
      const int64_t index = next_->fetch_add(1);
      if (index >= end_) return;
      absl::Status status = Guarded([&] { return Measure(index); });
      if (absl::IsDataLoss(status)) {
        found.broken.emplace_back(index, std::string(status.message()));
      } else if (!status.ok()) {
        fault = AtPlace(status, dataset_.Name(index));
        next_->store(end_);  // ends the others, too
        return;
      }
      done_();
    }
  }

  DatasetStatistics found;
  absl::Status fault;

 private:
  absl::Status Measure(int64_t index) {
    example_.index = index;
    Rng rng(0, 0, static_cast<uint64_t>(index),
            static_cast<uint64_t>(Stream::kRead));
    RETURN_IF_ERROR(dataset_.Read(index, rng, &example_));
    if (!example_.has_images()) return NeedsPictures();
    // First, so that nothing is counted of a clip with a broken frame.
    for (auto& view : example_.images) {
      for (Image& image : view) RETURN_IF_ERROR(image.Edit().status());
    }
    for (auto& view : example_.images) {
      for (Image& image : view) RETURN_IF_ERROR(Add(image));
    }
    if (example_.target_kind() == TargetKind::kLabel) {
      ++found.labels[example_.label()];
    }
    return absl::OkStatus();
  }

  absl::Status Add(Image& image) {
    ASSIGN_OR_RETURN(const EditablePixels pixels, image.Edit());
    RETURN_IF_ERROR(found.pixels.Add(pixels.data, pixels.height * pixels.width,
                                     pixels.channels));
    ++found.heights[pixels.height];
    ++found.widths[pixels.width];
    return absl::OkStatus();
  }

  static absl::Status NeedsPictures() {
    return Invalid(
        "statistics need pictures, and this is an example of values");
  }

  const Dataset& dataset_;
  const int64_t end_;
  std::atomic<int64_t>* const next_;
  const std::function<void()>& done_;
  Example example_;
};

}  // namespace

absl::Status PixelSums::SetChannels(size_t channels) {
  if (channels_.empty()) channels_.resize(channels);
  if (channels_.size() == channels) return absl::OkStatus();
  return Invalid(absl::StrCat("all pictures must have the same number of "
                              "channels, as one has ",
                              channels_.size()),
                 channels);
}

absl::Status PixelSums::Add(const uint8_t* levels, int64_t pixels,
                            int64_t channels) {
  RETURN_IF_ERROR(SetChannels(static_cast<size_t>(channels)));
  for (int64_t c = 0; c < channels; ++c) {
    uint64_t sum = 0;
    uint64_t squares = 0;
    for (int64_t i = c; i < pixels * channels; i += channels) {
      const uint64_t level = levels[i];
      sum += level;
      squares += level * level;
    }
    Channel& channel = channels_[static_cast<size_t>(c)];
    channel.sum += sum;
    channel.squares += squares;
    channel.means +=
        (absl::uint128(sum) << kFractionBits) / static_cast<uint64_t>(pixels);
  }
  ++pictures_;
  pixels_ += pixels;
  return absl::OkStatus();
}

absl::Status PixelSums::Merge(const PixelSums& other) {
  if (other.pictures_ == 0) return absl::OkStatus();
  RETURN_IF_ERROR(SetChannels(other.channels_.size()));
  for (size_t c = 0; c < channels_.size(); ++c) {
    channels_[c].sum += other.channels_[c].sum;
    channels_[c].squares += other.channels_[c].squares;
    channels_[c].means += other.channels_[c].means;
  }
  pictures_ += other.pictures_;
  pixels_ += other.pixels_;
  return absl::OkStatus();
}

std::vector<ChannelStatistics> PixelSums::PixelWeighted() const {
  std::vector<ChannelStatistics> statistics;
  const auto count = static_cast<double>(pixels_);
  for (const Channel& channel : channels_) {
    // count^2 times the variance, without rounding.
    const absl::uint128 spread =
        absl::uint128(channel.squares) * static_cast<uint64_t>(pixels_) -
        absl::uint128(channel.sum) * channel.sum;
    statistics.push_back(
        {static_cast<double>(channel.sum) / count / kGreatest,
         std::sqrt(static_cast<double>(spread)) / count / kGreatest});
  }
  return statistics;
}

std::vector<ChannelStatistics> PixelSums::ImageWeighted() const {
  std::vector<ChannelStatistics> statistics = PixelWeighted();
  for (size_t c = 0; c < statistics.size(); ++c) {
    const double mean =
        std::ldexp(static_cast<double>(channels_[c].means), -kFractionBits) /
        static_cast<double>(pictures_) / kGreatest;
    // Around any point, squares are greater than around the mean by the square
    // of its distance.
    const double distance = mean - statistics[c].mean;
    statistics[c] = {mean, std::hypot(statistics[c].std, distance)};
  }
  return statistics;
}

int64_t Median(const Counts& counts) {
  int64_t total = 0;
  for (const auto& [value, count] : counts) total += count;
  int64_t passed = 0;
  for (const auto& [value, count] : counts) {
    passed += count;
    if (2 * passed >= total) return value;
  }
  return 0;
}

absl::StatusOr<DatasetStatistics> MeasureDataset(
    const Dataset& dataset, int64_t begin, int64_t end, int threads,
    const std::function<void()>& done) {
  std::atomic<int64_t> next = begin;
  std::vector<Measurer> measurers(static_cast<size_t>(threads),
                                  Measurer(dataset, end, &next, done));
  std::vector<std::thread> running;
  for (Measurer& measurer : measurers) {
    running.emplace_back([&measurer] { measurer.Run(); });
  }
  for (std::thread& thread : running) thread.join();
  DatasetStatistics all;
  for (const Measurer& measurer : measurers) {
    RETURN_IF_ERROR(measurer.fault);
    RETURN_IF_ERROR(all.pixels.Merge(measurer.found.pixels));
    MergeCounts(measurer.found.heights, &all.heights);
    MergeCounts(measurer.found.widths, &all.widths);
    MergeCounts(measurer.found.labels, &all.labels);
    all.broken.insert(all.broken.end(), measurer.found.broken.begin(),
                      measurer.found.broken.end());
  }
  std::sort(all.broken.begin(), all.broken.end());
  return all;
}

}  // namespace toque
