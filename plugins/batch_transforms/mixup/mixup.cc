#include <utility>
#include <vector>

#include "ATen/ops/tensor.h"
#include "c10/core/ScalarType.h"
#include "framework/core/batch_transform.h"
#include "framework/shared/soft_target.h"
#include "plugins/batch_transforms/mixup/mixup.pb.h"

namespace toque {
namespace {

// values[i] + shares[i] * (values[other[i]] - values[i]), with one share for
// each i or one for all. Shares are not rounded to a type below float32: input
// and target are mixed alike.
at::Tensor Mixed(const at::Tensor& values, const at::Tensor& other,
                 const std::vector<double>& shares) {
  const at::Tensor others = values.index_select(0, other);
  if (shares.size() == 1) return values.lerp(others, shares[0]);
  const at::ScalarType type = values.scalar_type();
  const at::ScalarType wide = c10::promoteTypes(type, at::kFloat);
  std::vector<int64_t> shape(static_cast<size_t>(values.dim()), 1);
  shape[0] = -1;
  // A copy to a GPU is not waited for.
  const at::Tensor weights =
      at::tensor(shares)
          .to(values.options().dtype(wide), /*non_blocking=*/true)
          .view(shape);
  return values.to(wide).lerp(others.to(wide), weights).to(type);
}

class Mixup : public BatchTransform {
 public:
  Mixup(const recipe::Mixup& options, DatasetInfo dataset)
      : options_(options), dataset_(std::move(dataset)) {}

  absl::Status Apply(Batch& batch, Rng& rng) const override {
    if (!batch.input.is_floating_point()) {
      return Invalid("only inputs of a floating type can be mixed",
                     batch.input.toString());
    }
    ASSIGN_OR_RETURN(const at::Tensor target,
                     MixableTarget(batch.target, dataset_));
    const std::vector<double> shares = SharesOfOthers(batch.size(), rng);
    const at::Tensor other = rng.Permutation(batch.size(), batch.device());
    const at::Tensor views =
        batch.input.unflatten(0, {batch.size(), batch.views});
    batch.input = Mixed(views, other, shares).flatten(0, 1);
    batch.target = Mixed(target, other, shares);
    return absl::OkStatus();
  }

  bool SoftensTarget() const override {
    return dataset_.target == TargetKind::kLabel;
  }

 private:
  // 1 - w: one, or one an example.
  std::vector<double> SharesOfOthers(int64_t size, Rng& rng) const {
    const bool one = options_.per() == recipe::Mixup::BATCH;
    std::vector<double> shares(static_cast<size_t>(one ? 1 : size));
    for (double& share : shares) {
      share = 1 - rng.Beta(options_.alpha(), options_.alpha());
    }
    return shares;
  }

  const recipe::Mixup options_;
  const DatasetInfo dataset_;
};

Made<BatchTransform> MakeMixup(const recipe::Mixup& options,
                               const Context& context) {
  RETURN_IF_ERROR(Given("alpha", options.has_alpha()));
  RETURN_IF_ERROR(Above("alpha", options.alpha(), 0));
  return std::make_unique<Mixup>(options, context.dataset());
}

TOQUE_PLUGIN(MakeMixup);

}  // namespace
}  // namespace toque
