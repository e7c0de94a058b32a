#include <algorithm>
#include <map>
#include <utility>

#include "ATen/ops/zeros.h"
#include "framework/core/check_shape.h"
#include "framework/core/hook.h"
#include "framework/plot/plot.h"
#include "framework/shared/csv.h"
#include "framework/weights/atomic_file.h"
#include "glog/logging.h"
#include "plugins/hooks/confusion_matrix/confusion_matrix.pb.h"

namespace toque {
namespace {

constexpr int64_t kPairs = 5;

// Part of whole; 0 of 0 is 0.
at::Tensor Share(const at::Tensor& part, const at::Tensor& whole) {
  return part.div(whole.clamp_min(1));
}

// Of `counts` [truth, prediction]: each [C], float64 on the CPU.
struct Scores {
  explicit Scores(const at::Tensor& counts)
      : support(counts.sum(1)),
        predicted(counts.sum(0)),
        precision(Share(counts.diagonal(), predicted)),
        recall(Share(counts.diagonal(), support)),
        f1(Share(counts.diagonal().mul(2), support.add(predicted))) {}

  at::Tensor support, predicted, precision, recall, f1;
};

using Cells = std::vector<std::vector<double>>;

Cells CellsOf(const at::Tensor& counts) {
  Cells cells;
  for (int64_t truth = 0; truth < counts.size(0); ++truth) {
    const at::Tensor row = counts.select(0, truth);
    const double* begin = row.const_data_ptr<double>();
    cells.emplace_back(begin, begin + row.numel());
  }
  return cells;
}

using Names = std::vector<std::string>;

void AddMatrix(const at::Tensor& counts, const Names& names, CsvText* csv) {
  csv->Cell("truth \\ prediction");
  for (const std::string& name : names) csv->Cell(name);
  csv->EndRow();
  size_t truth = 0;
  for (const auto& row : CellsOf(counts)) {
    csv->Cell(names[truth++]);
    for (const double count : row) csv->Cell(static_cast<int64_t>(count));
    csv->EndRow();
  }
}

void AddScores(const at::Tensor& counts, const Names& names, CsvText* csv) {
  const Scores scores(counts);
  csv->Row("class", "precision", "recall", "f1", "support");
  for (size_t i = 0; i < names.size(); ++i) {
    csv->Row(names[i], scores.precision.const_data_ptr<double>()[i],
             scores.recall.const_data_ptr<double>()[i],
             scores.f1.const_data_ptr<double>()[i],
             static_cast<int64_t>(scores.support.const_data_ptr<double>()[i]));
  }
}

// The most frequent first; of equal ones the first in the matrix.
void AddPairs(const at::Tensor& counts, const Names& names, CsvText* csv) {
  const auto [sorted, order] = counts.clone().fill_diagonal_(0).flatten().sort(
      /*stable=*/true, 0, /*descending=*/true);
  csv->Row("truth", "prediction", "count");
  for (int64_t i = 0; i < std::min(kPairs, sorted.numel()); ++i) {
    const auto count = static_cast<int64_t>(sorted.const_data_ptr<double>()[i]);
    if (count == 0) break;
    const auto cell = static_cast<size_t>(order.const_data_ptr<int64_t>()[i]);
    csv->Row(names[cell / names.size()], names[cell % names.size()], count);
  }
}

class ConfusionMatrix : public Hook {
 public:
  explicit ConfusionMatrix(bool draws) : draws_(draws) {}

  std::vector<Published> Publishes() const override {
    return {{"precision", Published::kEvaluations},
            {"recall", Published::kEvaluations},
            {"f1", Published::kEvaluations}};
  }

  absl::Status BeforeTraining(Run&) override {
    return draws_ ? CheckPlotter() : absl::OkStatus();
  }

  absl::Status AfterForward(Run& run) override {
    if (run.phase != Phase::kEvaluate) return absl::OkStatus();
    const at::Tensor& output = run.prediction.output;
    const at::Tensor& target = run.batch.target;
    CHECK_SHAPE(output, {kAny, kAny});
    CHECK_SHAPE(target, {output.size(0)});
    const int64_t classes = output.size(1);
    at::Tensor& bank = banks_[run.bank];
    if (!bank.defined()) bank = at::zeros({classes, classes}, target.options());
    const at::Tensor cell =
        target.clamp_min(0).mul(classes).add(output.argmax(1));
    bank.view(-1).scatter_add_(0, cell, target.ge(0).to(bank.scalar_type()));
    return absl::OkStatus();
  }

  absl::Status Report(Run& run) override {
    if (run.phase != Phase::kEvaluate) return absl::OkStatus();
    counts_ = std::exchange(banks_[run.bank], {});
    if (counts_.defined()) counts_ = counts_.to(at::kCPU, at::kDouble);
    if (!counts_.defined() || counts_.sum().item<double>() == 0) {
      return Invalid(absl::StrCat("f1/", run.split, ": no example counts"));
    }
    const Scores scores(counts_);
    run.metrics["precision/" + run.split] =
        scores.precision.mean().item<double>();
    run.metrics["recall/" + run.split] = scores.recall.mean().item<double>();
    run.metrics["f1/" + run.split] = scores.f1.mean().item<double>();
    return absl::OkStatus();
  }

  absl::Status AfterEvaluation(Run& run) override {
    WarnOnce(run.split);
    if (run.folder.empty()) return absl::OkStatus();
    Names names;
    for (int64_t i = 0; i < counts_.size(0); ++i) {
      names.push_back(run.dataset.ClassName(i));
    }
    CsvText csv;
    AddMatrix(counts_, names, &csv);
    csv.EndRow();
    AddScores(counts_, names, &csv);
    csv.EndRow();
    AddPairs(counts_, names, &csv);
    const std::string path = run.folder + "/confusion_" + run.split;
    RETURN_IF_ERROR(AtomicFile::Write(path + ".csv", csv.text()));
    if (!draws_) return absl::OkStatus();
    return DrawHeatmap({.title = run.name + ": " + run.split,
                        .row_label = "truth",
                        .column_label = "prediction",
                        .rows = names,
                        .columns = names,
                        .cells = CellsOf(counts_)},
                       path + ".png");
  }

 private:
  // Not in Report, which the few batches before the first step reach, too.
  void WarnOnce(const std::string& split) {
    const Scores scores(counts_);
    const auto empty = scores.support.eq(0)
                           .logical_or(scores.predicted.eq(0))
                           .sum()
                           .item<int64_t>();
    if (empty == 0 || std::exchange(warned_, true)) return;
    LOG(WARNING) << split << ": " << empty << " of " << scores.support.numel()
                 << " classes have no examples or are never predicted; what "
                    "has no denominator counts as 0";
  }

  const bool draws_;
  bool warned_ = false;
  std::map<size_t, at::Tensor> banks_;  // int64 [C, C], by Run::bank
  at::Tensor counts_;                   // of the last evaluation
};

Made<Hook> MakeConfusionMatrix(const recipe::ConfusionMatrix& options) {
  return std::make_unique<ConfusionMatrix>(options.picture() ==
                                           recipe::ConfusionMatrix::PNG);
}

TOQUE_PLUGIN(MakeConfusionMatrix);

}  // namespace
}  // namespace toque
