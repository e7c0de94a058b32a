// RunningStat: a moving average of what goes through a layer (recipe R36).

#ifndef TOQUE_FRAMEWORK_LAYERS_RUNNING_STAT_H_
#define TOQUE_FRAMEWORK_LAYERS_RUNNING_STAT_H_

#include <functional>
#include <string>
#include <vector>

#include "framework/layers/statistics.h"

namespace toque {

struct RunningStatOptions {
  std::vector<int64_t> shape = {};  // of the statistic
  double momentum = 0.1;            // weight of the new value, in (0, 1]
  // The average starts at 0; kBias divides by the weight of what came since, so
  // that the first values aren't too small.
  enum class Correction { kNone, kBias } correction = Correction::kNone;
};

// Hands its input through. In training average += momentum (new - average),
// without gradients, in the buffer "average" of checkpoints.
class RunningStat : public StatisticsBlock {
 public:
  // Of an input, in the shape of the options.
  using Statistic = std::function<at::Tensor(const at::Tensor& input)>;

  RunningStat(const RunningStatOptions& options, Statistic statistic);

  at::Tensor Forward(const at::Tensor& input) override;
  std::string Describe() const override { return "RunningStat"; }
  // The average, corrected where the options say so; zeros at first.
  at::Tensor Value() const;

 private:
  void Forget() override;

  RunningStatOptions options_;
  Statistic statistic_;
  at::Tensor average_;
  at::Tensor weight_;  // float []: of all values so far, from 0 towards 1
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_LAYERS_RUNNING_STAT_H_
