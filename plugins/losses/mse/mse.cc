#include "ATen/ops/mse_loss.h"
#include "framework/core/check_shape.h"
#include "framework/core/loss.h"
#include "framework/shared/reduction.h"
#include "plugins/losses/mse/mse.pb.h"

namespace toque {
namespace {

Made<Loss> MakeMse(const recipe::Mse& options) {
  const int64_t reduction = ReductionOf(options.reduction());
  return LossOf(
      [reduction](const at::Tensor& output, const at::Tensor& target) {
        CHECK_SAME_SHAPE(output, target);
        return at::mse_loss(output, target.to(output.scalar_type()), reduction);
      },
      SoftTarget::kTaken);
}

TOQUE_PLUGIN(MakeMse);

}  // namespace
}  // namespace toque
