#include "ATen/ops/zeros.h"
#include "framework/core/check_shape.h"
#include "framework/core/loss.h"
#include "plugins/losses/center/center.pb.h"

namespace toque {
namespace {

class Center : public Loss {
 public:
  Center(const recipe::Center& options, int64_t classes)
      : feature_(options.feature()),
        centers_(at::zeros({classes, options.dimensions()})
                     .set_requires_grad(true)) {}

  absl::Status Open(const Context& context) override {
    return AtLeast("the data set's classes", context.dataset().classes, 1);
  }

  at::Tensor Compute(const Prediction& prediction,
                     const Batch& batch) override {
    const at::Tensor features =
        (feature_.empty() ? prediction.output : prediction.taps.at(feature_))
            .flatten(1);
    const at::Tensor& labels = batch.target;
    CHECK_SHAPE(features, {kAny, centers_.size(1)});
    CHECK_SHAPE(labels, {features.size(0)});
    const at::Tensor counted = labels.ge(0);
    const at::Tensor own = centers_.index_select(0, labels.clamp_min(0));
    const at::Tensor squares = features.sub(own).square().sum(1).mul(counted);
    return squares.sum().div(counted.sum().clamp_min(1).mul(2));
  }

  NamedTensors Parameters() override { return {{"centers", centers_}}; }
  std::vector<std::string> Taps() const override {
    if (feature_.empty()) return {};
    return {feature_};
  }

 private:
  const std::string feature_;
  const at::Tensor centers_;  // [classes, dimensions]
};

Made<Loss> MakeCenter(const recipe::Center& options, const Context& context) {
  RETURN_IF_ERROR(Given("dimensions", options.has_dimensions()));
  RETURN_IF_ERROR(AtLeast("dimensions", options.dimensions(), 1));
  return std::make_unique<Center>(options, context.dataset().classes);
}

TOQUE_PLUGIN(MakeCenter);

}  // namespace
}  // namespace toque
