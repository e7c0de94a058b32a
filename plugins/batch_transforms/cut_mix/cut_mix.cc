#include <algorithm>
#include <cmath>
#include <utility>

#include "framework/core/batch_transform.h"
#include "framework/shared/soft_target.h"
#include "plugins/batch_transforms/cut_mix/cut_mix.pb.h"

namespace toque {
namespace {

// Places along one side of a picture.
struct Span {
  int64_t begin;
  int64_t size;
};

// The part of a picture's side of `length` that a box takes which has the share
// `side` of it and its center anywhere.
Span DrawSpan(int64_t length, double side, Rng& rng) {
  const auto half =
      static_cast<int64_t>(static_cast<double>(length) * side) / 2;
  const int64_t center = rng.Below(length);
  const int64_t begin = std::max<int64_t>(center - half, 0);
  return {begin, std::min(center + half, length) - begin};
}

class CutMix : public BatchTransform {
 public:
  CutMix(double alpha, DatasetInfo dataset)
      : alpha_(alpha), dataset_(std::move(dataset)) {}

  absl::Status Apply(Batch& batch, Rng& rng) const override {
    if (batch.input.dim() < 4) {
      return Invalid(
          "only pictures [N, ..., height, width] can be cut, and "
          "the input must have at least 4 dimensions",
          batch.input.dim());
    }
    ASSIGN_OR_RETURN(const at::Tensor target,
                     MixableTarget(batch.target, dataset_));
    const double side = std::sqrt(1 - rng.Beta(alpha_, alpha_));
    const Span rows = DrawSpan(batch.input.size(-2), side, rng);
    const Span columns = DrawSpan(batch.input.size(-1), side, rng);
    const at::Tensor other = rng.Permutation(batch.size(), batch.device());

    batch.input = batch.input.clone();
    const at::Tensor box = batch.input.unflatten(0, {batch.size(), batch.views})
                               .narrow(-2, rows.begin, rows.size)
                               .narrow(-1, columns.begin, columns.size);
    box.copy_(box.index_select(0, other));
    const double area = static_cast<double>(rows.size * columns.size);
    const double share =
        area / static_cast<double>(batch.input.size(-2) * batch.input.size(-1));
    batch.target = target.lerp(target.index_select(0, other), share);
    return absl::OkStatus();
  }

  bool SoftensTarget() const override {
    return dataset_.target == TargetKind::kLabel;
  }

 private:
  const double alpha_;
  const DatasetInfo dataset_;
};

Made<BatchTransform> MakeCutMix(const recipe::CutMix& options,
                                const Context& context) {
  RETURN_IF_ERROR(Above("alpha", options.alpha(), 0));
  return std::make_unique<CutMix>(options.alpha(), context.dataset());
}

TOQUE_PLUGIN(MakeCutMix);

}  // namespace
}  // namespace toque
