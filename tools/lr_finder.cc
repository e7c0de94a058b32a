#include "tools/lr_finder.h"

#include <algorithm>
#include <cmath>

namespace toque {
namespace {

// Weight of what was before in the moving average.
constexpr double kMemory = 0.9;
constexpr double kDivergence = 4;

// The line of least squares of some trials, over the rate's logarithm; mean and
// slope but for a constant factor.
struct Line {
  double lr;  // in the middle
  double mean;
  double slope;
};

// Those of 2 * reach + 1 trials in a row, as far as losses are finite.
std::vector<Line> LinesOf(const std::vector<LrTrial>& trials, int64_t reach) {
  const auto count = static_cast<int64_t>(trials.size());
  std::vector<Line> lines;
  for (int64_t i = reach; i < count - reach; ++i) {
    Line line = {trials[static_cast<size_t>(i)].lr, 0, 0};
    for (int64_t k = -reach; k <= reach; ++k) {
      const double loss = trials[static_cast<size_t>(i + k)].loss;
      line.mean += loss;
      // The rates' logarithms are evenly spaced.
      line.slope += static_cast<double>(k) * loss;
    }
    if (!std::isfinite(line.mean)) break;
    lines.push_back(line);
  }
  return lines;
}

}  // namespace

double LrFinder::LrOf(int64_t step) const {
  const double part =
      static_cast<double>(step) / static_cast<double>(range_.steps - 1);
  return range_.from * std::pow(range_.to / range_.from, part);
}

double LrFinder::LrFactor(const Progress& progress) const {
  return LrOf(progress.step) / base_lr_;
}

absl::Status LrFinder::BeforeTraining(Run& run) {
  base_lr_ = run.optimizer->base_lr();
  if (base_lr_ > 0) return absl::OkStatus();
  return Invalid("the optimizer's rate must be above 0", base_lr_);
}

absl::Status LrFinder::AfterForward(Run& run) {
  if (run.phase != Phase::kTrain) return absl::OkStatus();
  loss_ += run.loss.item<double>();
  ++batches_;
  return absl::OkStatus();
}

absl::Status LrFinder::AfterStep(Run& run) {
  const double loss = loss_ / static_cast<double>(batches_);
  loss_ = 0;
  batches_ = 0;
  average_ = kMemory * average_ + (1 - kMemory) * loss;
  const auto steps = static_cast<int64_t>(trials_.size());
  // As though the losses before the first were its mean.
  const double smoothed =
      average_ / (1 - std::pow(kMemory, static_cast<double>(steps + 1)));
  trials_.push_back({LrOf(steps), loss, smoothed});
  best_ = steps == 0 ? smoothed : std::min(best_, smoothed);
  const bool diverged = best_ > 0 && smoothed > kDivergence * best_;
  if (diverged || !std::isfinite(smoothed))
    run.RequestStop("the loss diverged");
  return absl::OkStatus();
}

std::optional<double> SteepestDescent(const std::vector<LrTrial>& trials,
                                      int64_t reach) {
  const std::vector<Line> lines = LinesOf(trials, reach);
  const auto lowest = std::min_element(
      lines.begin(), lines.end(),
      [](const Line& a, const Line& b) { return a.mean < b.mean; });
  std::optional<double> lr;
  double steepest = 0;
  for (int64_t i = 0; i < lowest - lines.begin() - reach; ++i) {
    const Line& line = lines[static_cast<size_t>(i)];
    if (line.slope >= steepest) continue;
    steepest = line.slope;
    lr = line.lr;
  }
  return lr;
}

}  // namespace toque
