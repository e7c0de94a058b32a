#include <map>
#include <utility>

#include "ATen/ops/cat.h"
#include "ATen/ops/softmax.h"
#include "ATen/ops/stack.h"
#include "ATen/ops/unique_consecutive.h"
#include "ATen/ops/zeros.h"
#include "framework/core/check_shape.h"
#include "framework/core/hook.h"
#include "framework/shared/csv.h"
#include "framework/weights/atomic_file.h"
#include "plugins/hooks/average_precision/average_precision.pb.h"

namespace toque {
namespace {

// Of one class: scores [N], and which examples are of it, bool [N]. The sum
// over the distinct scores, from the highest, of what recall gains times
// precision there.
at::Tensor AveragePrecisionOf(const at::Tensor& scores,
                              const at::Tensor& relevant) {
  const auto [sorted, order] = scores.sort(0, /*descending=*/true);
  const at::Tensor counts =
      std::get<2>(at::unique_consecutive(sorted, /*return_inverse=*/false,
                                         /*return_counts=*/true));
  const at::Tensor taken = counts.cumsum(0);
  const at::Tensor hits = relevant.index_select(0, order)
                              .cumsum(0, at::kDouble)
                              .index_select(0, taken.sub(1));
  const at::Tensor gained = hits.diff(1, 0, at::zeros({1}, hits.options()));
  const at::Tensor total = relevant.sum(at::kDouble).clamp_min(1);
  return gained.mul(hits).div(taken).sum().div(total);
}

// Average precision and number of examples of each class: float64 [2, C] on
// the CPU. Undefined where no example counts.
at::Tensor ByClass(at::Tensor scores, at::Tensor target) {
  if (target.dim() == 1) {
    const at::Tensor counted = target.ge(0).nonzero().squeeze(1);
    // Rounded to half precision, many would be equal.
    scores = at::softmax(scores.index_select(0, counted), 1, at::kDouble);
    target = target.index_select(0, counted);
  }
  if (target.size(0) == 0) return {};
  std::vector<at::Tensor> classes;
  for (int64_t i = 0; i < scores.size(1); ++i) {
    const at::Tensor relevant =
        target.dim() == 1 ? target.eq(i) : target.select(1, i).gt(0.5);
    classes.push_back(
        at::stack({AveragePrecisionOf(scores.select(1, i), relevant),
                   relevant.sum(at::kDouble)}));
  }
  return at::stack(classes, 1).to(at::kCPU);
}

class AveragePrecision : public Hook {
 public:
  std::vector<Published> Publishes() const override {
    return {{"average_precision", Published::kEvaluations}};
  }

  absl::Status AfterForward(Run& run) override {
    if (run.phase != Phase::kEvaluate) return absl::OkStatus();
    const at::Tensor& output = run.prediction.output;
    const at::Tensor& target = run.batch.target;
    CHECK_SHAPE(output, {kAny, kAny});
    if (target.dim() == 1) {
      CHECK_SHAPE(target, {output.size(0)});
    } else {
      CHECK_SAME_SHAPE(target, output);
    }
    Bank& bank = banks_[run.bank];
    bank.outputs.push_back(output);
    // The loader needs its memory again.
    bank.targets.push_back(target.clone());
    return absl::OkStatus();
  }

  absl::Status Report(Run& run) override {
    if (run.phase != Phase::kEvaluate) return absl::OkStatus();
    const Bank bank = std::exchange(banks_[run.bank], {});
    classes_ = bank.outputs.empty()
                   ? at::Tensor()
                   : ByClass(at::cat(bank.outputs), at::cat(bank.targets));
    const std::string metric = "average_precision/" + run.split;
    if (!classes_.defined()) {
      return Invalid(absl::StrCat(metric, ": no example counts"));
    }
    run.metrics[metric] = classes_.select(0, 0).mean().item<double>();
    return absl::OkStatus();
  }

  absl::Status AfterEvaluation(Run& run) override {
    if (run.folder.empty()) return absl::OkStatus();
    const double* precision = classes_.const_data_ptr<double>();
    const double* support = precision + classes_.size(1);
    CsvText csv;
    csv.Row("class", "average_precision", "support");
    for (int64_t i = 0; i < classes_.size(1); ++i) {
      csv.Row(run.dataset.ClassName(i), precision[i],
              static_cast<int64_t>(support[i]));
    }
    return AtomicFile::Write(
        run.folder + "/average_precision_" + run.split + ".csv", csv.text());
  }

 private:
  // The batches of one evaluation.
  struct Bank {
    std::vector<at::Tensor> outputs;
    std::vector<at::Tensor> targets;
  };

  std::map<size_t, Bank> banks_;  // by Run::bank
  at::Tensor classes_;            // ByClass of the last evaluation
};

Made<Hook> MakeAveragePrecision(const recipe::AveragePrecision&) {
  return std::make_unique<AveragePrecision>();
}

TOQUE_PLUGIN(MakeAveragePrecision);

}  // namespace
}  // namespace toque
