#include "framework/core/loss.h"

#include <utility>

namespace toque {
namespace {

using Function =
    std::function<at::Tensor(const at::Tensor&, const at::Tensor&)>;

class FunctionLoss : public Loss {
 public:
  explicit FunctionLoss(Function function) : function_(std::move(function)) {}

  at::Tensor Compute(const Prediction& prediction,
                     const Batch& batch) override {
    return function_(prediction.output, batch.target);
  }

 private:
  Function function_;
};

}  // namespace

std::unique_ptr<Loss> LossOf(Function function) {
  return std::make_unique<FunctionLoss>(std::move(function));
}

}  // namespace toque
