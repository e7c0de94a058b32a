#include "ATen/ops/arange.h"
#include "ATen/ops/where.h"
#include "framework/core/check_shape.h"
#include "framework/core/metric.h"
#include "plugins/hooks/accuracy/accuracy.pb.h"

namespace toque {
namespace {

std::string NameOf(int64_t top_k) {
  return top_k == 1 ? "accuracy" : absl::StrCat("accuracy_top", top_k);
}

bool IsPlain(const at::Tensor& tensor, at::ScalarType type) {
  return tensor.is_cpu() && tensor.scalar_type() == type &&
         tensor.is_contiguous();
}

// How many of the scores rank above that of `label`; all of them where it is
// NaN, for which every comparison is false.
int64_t RankedAbove(const float* scores, int64_t classes, int64_t label) {
  const float own = scores[label];
  int64_t above = 0;
  for (int64_t c = 0; c < label; ++c) above += !(scores[c] < own);
  for (int64_t c = label; c < classes; ++c) above += !(scores[c] <= own);
  return above;
}

class Accuracy : public MeanMetric {
 public:
  explicit Accuracy(int64_t top_k) : MeanMetric(NameOf(top_k)), top_k_(top_k) {}

  absl::Status AfterForward(Run& run) override {
    const at::Tensor& output = run.prediction.output;
    const at::Tensor& target = run.batch.target;
    CHECK_SHAPE(output, {kAny, kAny});
    if (target.dim() == 1) {
      CHECK_SHAPE(target, {output.size(0)});
    } else {
      CHECK_SAME_SHAPE(target, output);
    }
    TORCH_CHECK(top_k_ <= output.size(1), "top_k must be at most the ",
                output.size(1), " classes of the output, got ", top_k_);
    const bool plain = target.dim() == 1 && IsPlain(output, at::kFloat) &&
                       IsPlain(target, at::kLong);
    if (!plain) return MeanMetric::AfterForward(run);
    Count(run, output, target);
    return absl::OkStatus();
  }

 protected:
  at::Tensor Values(const Prediction& prediction,
                    const Batch& batch) const override {
    const at::Tensor& scores = prediction.output;
    const at::Tensor label =
        (batch.target.dim() == 1 ? batch.target : batch.target.argmax(1))
            .clamp_min(0)
            .unsqueeze(1);
    const at::Tensor own = scores.gather(1, label);
    const at::Tensor classes = at::arange(scores.size(1), label.options());
    const at::Tensor above =
        at::where(classes.lt(label), scores.lt(own), scores.le(own))
            .logical_not();
    return above.sum(1).lt(top_k_);
  }

  at::Tensor Counted(const Batch& batch) const override {
    return batch.target.dim() == 1 ? batch.target.ge(0)
                                   : batch.target.ne(0).any(1);
  }

 private:
  // Operators would cost more than the rest of a small model's step.
  void Count(const Run& run, const at::Tensor& output,
             const at::Tensor& target) {
    const int64_t classes = output.size(1);
    const float* scores = output.const_data_ptr<float>();
    const int64_t* labels = target.const_data_ptr<int64_t>();
    int64_t right = 0;
    int64_t counted = 0;
    for (int64_t n = 0; n < target.numel(); ++n, scores += classes) {
      TORCH_CHECK(labels[n] < classes, "labels must be below ", classes,
                  ", got ", labels[n]);
      if (labels[n] < 0) continue;
      ++counted;
      right += RankedAbove(scores, classes, labels[n]) < top_k_;
    }
    Add(run, static_cast<double>(right), counted);
  }

  int64_t top_k_;
};

Made<Hook> MakeAccuracy(const recipe::Accuracy& options) {
  RETURN_IF_ERROR(AtLeast("top_k", options.top_k(), 1));
  return std::make_unique<Accuracy>(options.top_k());
}

TOQUE_PLUGIN(MakeAccuracy);

}  // namespace
}  // namespace toque
