#include <cmath>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "framework/config/config.h"
#include "framework/weights/weights_options.h"

namespace toque {
namespace {

// std::regex takes stack by the length of its pattern.
constexpr size_t kMaxPattern = 1000;
constexpr int kMaxLoaderThreads = 256;
constexpr int kMaxComputeThreads = 1024;
constexpr char kEveryEpochs[] = "every_epochs is for eval alone";

// What is wrong, gathered with the place of each fault.
class Faults {
 public:
  // The same faults, one step deeper: At("train") names "train.batch_size".
  Faults At(std::string_view part) const {
    return Faults(absl::StrCat(place_, View(part), "."), statuses_);
  }
  explicit Faults(std::vector<absl::Status>* statuses) : Faults("", statuses) {}

  void Require(bool holds, std::string_view what) {
    if (!holds) statuses_->push_back(Invalid(Placed(what)));
  }
  template <typename Value>
  void Require(bool holds, std::string_view what, const Value& got) {
    if (!holds) statuses_->push_back(Invalid(Placed(what), got));
  }
  template <typename Value>
  void RequireAtLeast(std::string_view field, const Value& value, Value least) {
    Require(value >= least,
            absl::StrCat(View(field), " must be at least ", least), value);
  }

 private:
  Faults(std::string place, std::vector<absl::Status>* statuses)
      : place_(std::move(place)), statuses_(statuses) {}
  std::string Placed(std::string_view what) const {
    return absl::StrCat(place_, View(what));
  }

  std::string place_;
  std::vector<absl::Status>* statuses_;
};

void CheckLength(const Experiment& experiment, Faults faults) {
  const bool epochs = experiment.has_epochs();
  const bool steps = experiment.has_steps();
  faults.Require(epochs || steps, "epochs or steps must be given");
  faults.Require(!(epochs && steps),
                 "only one of epochs and steps may be given");
  if (epochs) faults.RequireAtLeast<int64_t>("epochs", experiment.epochs(), 1);
  if (steps) faults.RequireAtLeast<int64_t>("steps", experiment.steps(), 1);
}

void CheckRange(const Range& range, Faults faults) {
  faults.RequireAtLeast<int64_t>("begin", range.begin(), 0);
  if (!range.has_end()) return;
  faults.Require(range.end() > range.begin(),
                 absl::StrCat("end must be above begin, ", range.begin()),
                 range.end());
}

void CheckSection(const Section& section, Faults faults) {
  faults.Require(section.has_dataset(), "dataset must be given");
  if (section.has_range()) CheckRange(section.range(), faults.At("range"));
  faults.RequireAtLeast("batch_size", section.batch_size(), 1);
  faults.RequireAtLeast("loader_threads", section.loader_threads(), 0);
  faults.Require(
      section.loader_threads() <= kMaxLoaderThreads,
      absl::StrCat("loader_threads must be at most ", kMaxLoaderThreads),
      section.loader_threads());
  faults.RequireAtLeast("every_epochs", section.every_epochs(), 1);
}

void CheckTrain(const Section& train, Faults faults) {
  CheckSection(train, faults);
  faults.Require(train.has_sampler(), "sampler must be given");
  faults.Require(!train.has_average(), "average is for eval and test alone");
  faults.RequireAtLeast("tbptt_steps", train.tbptt_steps(), 0);
  faults.Require(!train.has_every_epochs(), kEveryEpochs);
}

void CheckEvaluation(const Section& section, Faults faults) {
  CheckSection(section, faults);
  faults.Require(section.batch_transform().empty(),
                 "batch_transform is for train alone");
  faults.Require(!section.has_drop_last(), "drop_last is for train alone");
  faults.Require(!section.has_tbptt_steps(), "tbptt_steps is for train alone");
}

// What is wrong with a regular expression, or "".
std::string PatternFault(const std::string& pattern) {
  if (pattern.size() > kMaxPattern) return "it is too long";
  try {
    const std::regex regex(pattern);
  } catch (const std::regex_error& error) {
    return error.what();
  }
  return "";
}

void CheckFactor(std::string_view field, double value, Faults faults) {
  faults.Require(std::isfinite(value) && value >= 0,
                 absl::StrCat(View(field), " must be finite and at least 0"),
                 value);
}

void CheckParamGroup(const ParamGroup& group, Faults faults) {
  faults.Require(!group.name().empty(), "name must be given");
  faults.Require(group.name() != "base",
                 "name must not be base, the group of all other parameters");
  faults.Require(group.name().find('/') == std::string::npos,
                 "name must have no slash, as its rate is the metric lr/NAME",
                 group.name());
  faults.Require(!group.match().empty() || group.one_dimensional(),
                 "match or one_dimensional must be given");
  faults.Require(group.match().empty() || !group.one_dimensional(),
                 "only one of match and one_dimensional may be given");
  const std::string fault = PatternFault(group.match());
  faults.Require(
      fault.empty(),
      absl::StrCat("match must be a regular expression (", fault, ")"),
      group.match());
  CheckFactor("lr_scale", group.lr_scale(), faults);
  CheckFactor("weight_decay_scale", group.weight_decay_scale(), faults);
}

void CheckParamGroups(const Experiment& experiment, Faults faults) {
  std::set<std::string> names;
  for (int i = 0; i < experiment.param_group_size(); ++i) {
    const ParamGroup& group = experiment.param_group(i);
    Faults here = faults.At(absl::StrCat("param_group[", i, "]"));
    CheckParamGroup(group, here);
    here.Require(group.name().empty() || names.insert(group.name()).second,
                 "name must be the group's own", group.name());
  }
}

void CheckTypes(const Experiment& experiment, Faults faults) {
  const DType type = experiment.default_dtype();
  faults.Require(
      type == FLOAT32 || type == FLOAT64 || type == BFLOAT16 || type == FLOAT16,
      "default_dtype must be a floating-point type", DType_Name(type));
  faults.Require(experiment.precision() == Experiment::FP32 || type == FLOAT32,
                 "default_dtype must be FLOAT32 where precision is not FP32",
                 DType_Name(type));
}

void CheckGpus(const Experiment& experiment, Faults faults) {
  std::set<int> seen;
  for (const int gpu : experiment.gpus()) {
    faults.Require(gpu >= 0 && seen.insert(gpu).second,
                   "gpus must be at least 0 and each named once", gpu);
  }
}

void CheckLossScale(const Experiment& experiment, Faults faults) {
  if (!experiment.has_loss_scale()) return;
  const LossScale& scale = experiment.loss_scale();
  faults.Require(experiment.precision() == Experiment::FP16,
                 "loss_scale is for precision FP16 alone");
  Faults here = faults.At("loss_scale");
  here.Require(std::isfinite(scale.init()) && scale.init() > 0,
               "init must be finite and above 0", scale.init());
  here.Require(
      std::isfinite(scale.growth_factor()) && scale.growth_factor() > 1,
      "growth_factor must be finite and above 1", scale.growth_factor());
  here.Require(scale.backoff_factor() > 0 && scale.backoff_factor() < 1,
               "backoff_factor must be between 0 and 1",
               scale.backoff_factor());
  here.RequireAtLeast("growth_interval", scale.growth_interval(), 1);
}

void CheckPatterns(const Experiment& experiment, Faults faults) {
  for (int i = 0; i < experiment.recompute_size(); ++i) {
    const std::string fault = PatternFault(experiment.recompute(i));
    faults.Require(fault.empty(),
                   absl::StrCat("recompute[", i,
                                "] must be a regular expression (", fault, ")"),
                   experiment.recompute(i));
  }
  for (int i = 0; i < experiment.init_size(); ++i) {
    const std::string fault = PatternFault(experiment.init(i).match());
    faults.Require(
        fault.empty(),
        absl::StrCat("init[", i, "]: match must be a regular expression (",
                     fault, ")"),
        experiment.init(i).match());
  }
}

}  // namespace

absl::Status CheckExperiment(const Experiment& experiment) {
  std::vector<absl::Status> statuses;
  Faults faults(&statuses);
  CheckLength(experiment, faults);
  faults.Require(experiment.has_model(), "model must be given");
  faults.Require(experiment.has_loss(), "loss must be given");
  faults.Require(experiment.has_optimizer(), "optimizer must be given");
  faults.Require(experiment.has_train(), "train must be given");
  if (experiment.has_train())
    CheckTrain(experiment.train(), faults.At("train"));
  if (experiment.has_eval())
    CheckEvaluation(experiment.eval(), faults.At("eval"));
  if (experiment.has_test()) {
    CheckEvaluation(experiment.test(), faults.At("test"));
    faults.At("test").Require(!experiment.test().has_every_epochs(),
                              kEveryEpochs);
  }
  CheckParamGroups(experiment, faults);
  faults.RequireAtLeast("accumulate_steps", experiment.accumulate_steps(), 1);
  faults.RequireAtLeast("log_every_steps", experiment.log_every_steps(), 1);
  faults.RequireAtLeast("compute_threads", experiment.compute_threads(), 0);
  faults.Require(
      experiment.compute_threads() <= kMaxComputeThreads,
      absl::StrCat("compute_threads must be at most ", kMaxComputeThreads),
      experiment.compute_threads());
  faults.RequireAtLeast("fast_dev_run", experiment.fast_dev_run(), 0);
  faults.RequireAtLeast("overfit_batches", experiment.overfit_batches(), 0);
  faults.RequireAtLeast("sanity_batches", experiment.sanity_batches(), 0);
  CheckTypes(experiment, faults);
  CheckGpus(experiment, faults);
  CheckLossScale(experiment, faults);
  CheckPatterns(experiment, faults);
  if (experiment.has_weights()) {
    statuses.push_back(AtPlace(CheckWeights(experiment.weights()), "weights"));
  }
  return Together(statuses);
}

}  // namespace toque
