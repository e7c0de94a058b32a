#include "ATen/ops/huber_loss.h"
#include "framework/core/check_shape.h"
#include "framework/core/loss.h"
#include "framework/shared/reduction.h"
#include "plugins/losses/huber/huber.pb.h"

namespace toque {
namespace {

Made<Loss> MakeHuber(const recipe::Huber& options) {
  RETURN_IF_ERROR(Above("delta", options.delta(), 0));
  const int64_t reduction = ReductionOf(options.reduction());
  return LossOf([reduction, delta = options.delta()](const at::Tensor& output,
                                                     const at::Tensor& target) {
    CHECK_SAME_SHAPE(output, target);
    return at::huber_loss(output, target.to(output.scalar_type()), reduction,
                          delta);
  });
}

TOQUE_PLUGIN(MakeHuber);

}  // namespace
}  // namespace toque
