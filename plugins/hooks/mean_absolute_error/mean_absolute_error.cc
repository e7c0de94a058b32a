#include "framework/core/check_shape.h"
#include "framework/core/metric.h"
#include "plugins/hooks/mean_absolute_error/mean_absolute_error.pb.h"

namespace toque {
namespace {

struct MeanAbsoluteError : MeanMetric {
  MeanAbsoluteError() : MeanMetric("mean_absolute_error") {}

  bool TakesSoftTarget() const override { return false; }

  at::Tensor Values(const Prediction& prediction,
                    const Batch& batch) const override {
    const at::Tensor& output = prediction.output;
    const at::Tensor& target = batch.target;
    CHECK_SAME_SHAPE(output, target);
    return output.sub(target).abs().reshape({output.size(0), -1}).mean(1);
  }
};

Made<Hook> MakeMeanAbsoluteError(const recipe::MeanAbsoluteError&) {
  return std::make_unique<MeanAbsoluteError>();
}

TOQUE_PLUGIN(MakeMeanAbsoluteError);

}  // namespace
}  // namespace toque
