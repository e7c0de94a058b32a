#include <map>
#include <utility>

#include "ATen/ops/zeros.h"
#include "framework/core/check_shape.h"
#include "framework/core/hook.h"
#include "plugins/hooks/mean_class_accuracy/mean_class_accuracy.pb.h"

namespace toque {
namespace {

class MeanClassAccuracy : public Hook {
 public:
  std::vector<Published> Publishes() const override {
    return {{"mean_class_accuracy"}};
  }

  absl::Status AfterForward(Run& run) override {
    const at::Tensor& output = run.prediction.output;
    const at::Tensor& target = run.batch.target;
    CHECK_SHAPE(output, {kAny, kAny});
    if (target.dim() == 1) {
      CHECK_SHAPE(target, {output.size(0)});
    } else {
      CHECK_SAME_SHAPE(target, output);
    }
    Count(output.detach(), target, &banks_[run.bank]);
    return absl::OkStatus();
  }

  absl::Status Report(Run& run) override {
    const at::Tensor counts = std::exchange(banks_[run.bank], {});
    const at::Tensor read =
        counts.defined() ? counts.to(at::kCPU, at::kDouble) : counts;
    const std::string name = "mean_class_accuracy/" + run.split;
    double sum = 0;
    int64_t classes = 0;
    for (int64_t c = 0; read.defined() && c < read.size(1); ++c) {
      const double* of_class = read.const_data_ptr<double>() + c;
      if (of_class[0] == 0) continue;
      sum += of_class[read.size(1)] / of_class[0];
      ++classes;
    }
    if (classes > 0) {
      run.metrics[name] = sum / static_cast<double>(classes);
      return absl::OkStatus();
    }
    // A log interval has no such metric then.
    if (run.phase == Phase::kTrain) return absl::OkStatus();
    return Invalid(name + ": no example counts");
  }

 private:
  // Adds to `bank`, int64 [2, C]: examples of each class, and those of them
  // that are predicted right.
  static void Count(const at::Tensor& scores, const at::Tensor& target,
                    at::Tensor* bank) {
    const bool labels = target.dim() == 1;
    const at::Tensor counted = labels ? target.ge(0) : target.ne(0).any(1);
    const at::Tensor label = (labels ? target : target.argmax(1)).clamp_min(0);
    const at::Tensor own = scores.gather(1, label.unsqueeze(1)).squeeze(1);
    // Of NaN argmax makes the highest score, and NaN alone isn't itself.
    const at::Tensor right = scores.argmax(1)
                                 .eq(label)
                                 .logical_and(own.eq(own))
                                 .logical_and(counted);
    if (!bank->defined()) {
      *bank = at::zeros({2, scores.size(1)}, label.options());
    }
    bank->select(0, 0).scatter_add_(0, label, counted.to(at::kLong));
    bank->select(0, 1).scatter_add_(0, label, right.to(at::kLong));
  }

  std::map<size_t, at::Tensor> banks_;  // by Run::bank
};

Made<Hook> MakeMeanClassAccuracy(const recipe::MeanClassAccuracy&) {
  return std::make_unique<MeanClassAccuracy>();
}

TOQUE_PLUGIN(MakeMeanClassAccuracy);

}  // namespace
}  // namespace toque
