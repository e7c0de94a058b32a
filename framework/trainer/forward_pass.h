// The way from a batch to its loss, the same in training and evaluation.

#ifndef TOQUE_FRAMEWORK_TRAINER_FORWARD_PASS_H_
#define TOQUE_FRAMEWORK_TRAINER_FORWARD_PASS_H_

#include <string>
#include <vector>

#include "framework/core/run.h"
#include "framework/parts/parts.h"

namespace toque {

// Calls one point of every hook, in order; an error names the hook.
absl::Status CallHooks(const Parts& parts, absl::Status (Hook::*point)(Run&),
                       Run& run);

class ForwardPass {
 public:
  // All outlive it.
  ForwardPass(const Experiment& experiment, const Parts& parts, Run* run);

  // Brings run->batch to the run's device, normalises bytes there, and makes
  // it of the run's type and memory format.
  void Place();
  // Computes run->prediction from run->batch. What LibTorch throws becomes an
  // error that names the layer.
  absl::Status Predict();
  // Makes one answer for each example of those for its views.
  absl::Status AverageViews(Section::Average average);
  // Computes run->loss from the prediction.
  absl::Status ComputeLoss();
  // Predict and ComputeLoss, then AfterForward.
  absl::Status All();
  // The same, of examples that may have several views.
  absl::Status All(Section::Average average);

 private:
  void NormaliseBytes();
  absl::Status PredictObserved(size_t hook = 0);

  const Parts& parts_;
  Run& run_;
  const Experiment::Precision precision_;
  const at::ScalarType type_;
  const bool channels_last_;
  const std::vector<std::string> taps_;
  // On the device: those of the batch placed last, of a loader's own tensor
  // `scale_of_`, so that most steps copy nothing.
  at::Tensor scale_of_;
  at::Tensor scale_;
  at::Tensor shift_;
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_TRAINER_FORWARD_PASS_H_
