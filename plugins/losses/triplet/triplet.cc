#include <limits>

#include "framework/core/check_shape.h"
#include "framework/core/loss.h"
#include "framework/tensors/pairwise_distance.h"
#include "plugins/losses/triplet/triplet.pb.h"

namespace toque {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

class Triplet : public Loss {
 public:
  explicit Triplet(const recipe::Triplet& options) : options_(options) {}

  at::Tensor Compute(const Prediction& prediction,
                     const Batch& batch) override {
    const at::Tensor& output = prediction.output;
    const at::Tensor& labels = batch.target;
    CHECK_SHAPE(output, {kAny, kAny});
    CHECK_SHAPE(labels, {output.size(0)});
    const at::Tensor distance =
        PairwiseDistance(output, output, DistanceMethod::kExact);
    const at::Tensor known = labels.ge(0);
    const at::Tensor pair = known.unsqueeze(1).logical_and(known);
    const at::Tensor same = labels.unsqueeze(1).eq(labels);
    const at::Tensor negative = pair.logical_and(same.logical_not());
    const at::Tensor positive = pair.logical_and(same).fill_diagonal_(0);
    return options_.mining() == recipe::Triplet::BATCH_HARD
               ? Hard(distance, positive, negative)
               : All(distance, positive, negative);
  }

 private:
  // Rows of the matrices [N, N] are anchors.
  at::Tensor Hard(const at::Tensor& distance, const at::Tensor& positive,
                  const at::Tensor& negative) const {
    const at::Tensor farthest =
        distance.masked_fill(positive.logical_not(), -kInfinity).amax(1);
    const at::Tensor nearest =
        distance.masked_fill(negative.logical_not(), kInfinity).amin(1);
    // An anchor without positive or negative comes to -infinity, and so to 0.
    const at::Tensor losses =
        farthest.sub(nearest).add(options_.margin()).relu();
    const at::Tensor anchors = positive.any(1).logical_and(negative.any(1));
    return losses.sum().div(anchors.sum().clamp_min(1));
  }

  at::Tensor All(const at::Tensor& distance, const at::Tensor& positive,
                 const at::Tensor& negative) const {
    const at::Tensor triplets =
        positive.unsqueeze(2).logical_and(negative.unsqueeze(1));
    const at::Tensor losses = distance.unsqueeze(2)
                                  .sub(distance.unsqueeze(1))
                                  .add(options_.margin())
                                  .relu()
                                  .mul(triplets);
    return losses.sum().div(losses.gt(0).sum().clamp_min(1));
  }

  const recipe::Triplet options_;
};

Made<Loss> MakeTriplet(const recipe::Triplet& options) {
  RETURN_IF_ERROR(Above("margin", options.margin(), 0));
  return std::make_unique<Triplet>(options);
}

TOQUE_PLUGIN(MakeTriplet);

}  // namespace
}  // namespace toque
