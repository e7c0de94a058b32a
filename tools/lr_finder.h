// The test of a range of rates: Smith, "Cyclical learning rates for training
// neural networks" (2017).

#ifndef TOQUE_TOOLS_LR_FINDER_H_
#define TOQUE_TOOLS_LR_FINDER_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "framework/core/hook.h"

namespace toque {

// What is tried: from `from` to `to` in `steps` steps, each by the same factor.
struct LrRange {
  double from = 1e-7;
  double to = 10;
  int64_t steps = 100;
};

// A step of it.
struct LrTrial {
  double lr = 0;
  double loss = 0;
  double smoothed = 0;  // a moving average of the losses so far
};

// Sets the rate of each step of a run, and stops it where the smoothed loss is
// above four times its least, or not finite.
class LrFinder : public Hook {
 public:
  // `trials`, which outlives the hook, gets an entry each step.
  LrFinder(const LrRange& range, std::vector<LrTrial>* trials)
      : range_(range), trials_(*trials) {}

  absl::Status BeforeTraining(Run& run) override;
  absl::Status AfterForward(Run& run) override;
  absl::Status AfterStep(Run& run) override;
  double LrFactor(const Progress& progress) const override;

 private:
  double LrOf(int64_t step) const;

  const LrRange range_;
  std::vector<LrTrial>& trials_;
  double base_lr_ = 1;
  double loss_ = 0;  // sum over the step's micro-batches
  int64_t batches_ = 0;
  double average_ = 0;
  double best_ = 0;
};

// The rate where the loss falls fastest on the way to its minimum: the middle
// of the 2 * `reach` + 1 trials whose line of least squares, over the logarithm
// of the rate, is steepest. Considered are those that end before the middle of
// the trials whose mean is least, as beyond it a loss is mostly noise. None
// where it falls nowhere.
std::optional<double> SteepestDescent(const std::vector<LrTrial>& trials,
                                      int64_t reach);

}  // namespace toque

#endif  // TOQUE_TOOLS_LR_FINDER_H_
