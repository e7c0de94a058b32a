#include "ATen/ops/where.h"
#include "framework/core/check_shape.h"
#include "framework/core/loss.h"
#include "framework/tensors/pairwise_distance.h"
#include "plugins/losses/contrastive/contrastive.pb.h"

namespace toque {
namespace {

at::Tensor LossOfPairs(const at::Tensor& output, const at::Tensor& labels,
                       double margin) {
  CHECK_SHAPE(output, {kAny, kAny});
  CHECK_SHAPE(labels, {output.size(0)});
  const at::Tensor distance =
      PairwiseDistance(output, output, DistanceMethod::kExact);
  const at::Tensor gap = distance.neg().add(margin).relu();
  const at::Tensor same = labels.unsqueeze(1).eq(labels);
  const at::Tensor known = labels.ge(0);
  const at::Tensor pairs = known.unsqueeze(1).logical_and(known).triu(1);
  const at::Tensor losses = at::where(same, distance, gap).square().mul(pairs);
  return losses.sum().div(pairs.sum().clamp_min(1).mul(2));
}

Made<Loss> MakeContrastive(const recipe::Contrastive& options) {
  RETURN_IF_ERROR(Above("margin", options.margin(), 0));
  return LossOf([margin = options.margin()](const at::Tensor& output,
                                            const at::Tensor& target) {
    return LossOfPairs(output, target, margin);
  });
}

TOQUE_PLUGIN(MakeContrastive);

}  // namespace
}  // namespace toque
