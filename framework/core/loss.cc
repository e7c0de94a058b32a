#include "framework/core/loss.h"

#include <utility>

namespace toque {
namespace {

using Function =
    std::function<at::Tensor(const at::Tensor&, const at::Tensor&)>;

class FunctionLoss : public Loss {
 public:
  FunctionLoss(Function function, SoftTarget soft_target)
      : function_(std::move(function)), soft_target_(soft_target) {}

  at::Tensor Compute(const Prediction& prediction,
                     const Batch& batch) override {
    return function_(prediction.output, batch.target);
  }
  bool TakesSoftTarget() const override {
    return soft_target_ == SoftTarget::kTaken;
  }

 private:
  Function function_;
  SoftTarget soft_target_;
};

}  // namespace

std::unique_ptr<Loss> LossOf(Function function, SoftTarget soft_target) {
  return std::make_unique<FunctionLoss>(std::move(function), soft_target);
}

}  // namespace toque
