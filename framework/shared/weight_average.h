// An average of named tensors over the steps of a run: what hooks that average
// weights have in common.

#ifndef TOQUE_FRAMEWORK_SHARED_WEIGHT_AVERAGE_H_
#define TOQUE_FRAMEWORK_SHARED_WEIGHT_AVERAGE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "ATen/core/Tensor.h"
#include "framework/core/state.h"

namespace toque {

class WeightAverage {
 public:
  // Averages these from now on, from where Load left off. They keep type and
  // layout as long as they are followed. Before the first Update.
  absl::Status Follow(const NamedTensors& tensors);
  // average += share * (tensor - average), for each; the first update takes the
  // tensors whole.
  void Update(double share);
  int64_t updates() const { return updates_; }
  // The averages by the names of what they follow; further updates change them.
  // Empty before the first.
  NamedTensors Averages() const;

  // The number of updates, and each average under "average.<name>".
  void Save(State* state) const;
  // A state without averages begins anew.
  absl::Status Load(const State& state);

 private:
  absl::Status TakeUp(const std::string& name, const at::Tensor& average) const;

  int64_t updates_ = 0;
  State loaded_;  // until Follow
  std::vector<std::string> names_;
  std::vector<at::Tensor> tensors_;
  std::vector<at::Tensor> averages_;
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_SHARED_WEIGHT_AVERAGE_H_
