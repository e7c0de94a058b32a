// Shows the values of parameters and of their gradients.

#include <atomic>
#include <cmath>
#include <iostream>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "framework/command/flags.h"
#include "framework/command/tool.h"
#include "framework/core/option_checks.h"
#include "framework/trainer/trainer.h"
#include "gflags/gflags.h"
#include "nlohmann/json.hpp"
#include "tools/experiment_file.h"
#include "tools/given_model.h"
#include "tools/inspection.h"
#include "tools/text_table.h"

DEFINE_string(experiment, "", "The experiment, a text-proto.");
DEFINE_string(model, "",
              "A model in place of an experiment, as the text of a plugin.");
DEFINE_string(data, "", "As that of an experiment.");
DEFINE_string(
    match, "",
    "A regular expression searched for in full names (default: all).");
DEFINE_int64(step, 0,
             "Trains up to this step of the experiment and shows its gradients "
             "and the weights that they are of; 0 trains nothing.");
DEFINE_bool(json, false, "Prints JSON instead of a table.");

namespace toque {
namespace {

using nlohmann::json;

constexpr char kUsage[] = R"(Shows parameters, buffers and gradients (R38):

  inspect --experiment=experiments/digits_convnet.textproto --match='^fc' --step=1

Mean, standard deviation, least and most of each tensor's finite elements, and
how many are not finite; a tensor without finite elements has none. With --step of gradients, too, as they are before that
step: summed, unscaled and, where a hook clips them, clipped. Nothing is
written.

  --set='TEXT-PROTO FRAGMENT'
      Changes the experiment; may be given repeatedly.)";

std::string Text(double value) {
  return std::isnan(value) ? "none" : absl::StrFormat("%.4g", value);
}

std::vector<std::string> Cells(const std::optional<TensorStatistics>& some) {
  if (!some) return {"none", "", "", "", ""};
  return {Text(some->mean), Text(some->std), Text(some->least),
          Text(some->most), absl::StrCat(some->not_finite)};
}

void PrintTable(const std::vector<InspectedTensor>& tensors) {
  TextTable table({"tensor", "shape", "mean", "std", "least", "most",
                   "not finite", "| gradient: mean", "std", "least", "most",
                   "not finite"});
  for (const InspectedTensor& tensor : tensors) {
    std::vector<std::string> row = {
        tensor.name, absl::StrCat("[", absl::StrJoin(tensor.shape, ", "), "]")};
    for (const auto& cells : {Cells(tensor.value), Cells(tensor.gradient)}) {
      row.insert(row.end(), cells.begin(), cells.end());
    }
    table.Add(row);
  }
  std::cout << table.Text();
}

json Json(const std::optional<TensorStatistics>& some) {
  if (!some) return nullptr;
  return {{"mean", some->mean},
          {"std", some->std},
          {"least", some->least},
          {"most", some->most},
          {"not_finite", some->not_finite}};
}

void PrintJson(const std::vector<InspectedTensor>& tensors) {
  json lines = json::array();
  for (const InspectedTensor& tensor : tensors) {
    lines.push_back({{"name", tensor.name},
                     {"shape", tensor.shape},
                     {"value", Json(tensor.value)},
                     {"gradient", Json(tensor.gradient)}});
  }
  std::cout << lines.dump(2) << "\n";
}

using Tensors = absl::StatusOr<std::vector<InspectedTensor>>;

// Looks at the model when the gradients of a step stand, and ends the run after
// it.
class Look : public Hook {
 public:
  Look(int64_t step, Tensors* seen, std::atomic<int>* stop)
      : step_(step), seen_(*seen), stop_(*stop) {}

  absl::Status BeforeStep(Run& run) override {
    if (run.progress.step + 1 != step_) return absl::OkStatus();
    seen_ = Inspect(*run.model, FLAGS_match);
    stop_ = 1;
    return absl::OkStatus();
  }

 private:
  const int64_t step_;
  Tensors& seen_;
  std::atomic<int>& stop_;
};

// The experiment's hooks stay: one may clip gradients or freeze layers.
Tensors LookInRun(const Experiment& experiment) {
  const Context context = Context().WithDataFolder(UserPath(FLAGS_data));
  std::atomic<int> stop = 0;
  ASSIGN_OR_RETURN(const auto trainer,
                   Trainer::Create(experiment, context, {"", "", &stop}));
  RETURN_IF_ERROR(Inspect(*trainer->parts().model, FLAGS_match).status());
  Tensors seen = Invalid("--step must be one of the run's", FLAGS_step);
  trainer->AddHook(std::make_unique<Look>(FLAGS_step, &seen, &stop), "inspect");
  RETURN_IF_ERROR(trainer->Train().status());
  return seen;
}

Tensors Seen(const std::vector<std::string>& changes) {
  if (FLAGS_step == 0) {
    ASSIGN_OR_RETURN(const GivenModel given,
                     MakeGivenModel({FLAGS_experiment, FLAGS_model, changes,
                                     UserPath(FLAGS_data)}));
    return Inspect(*given.model, FLAGS_match);
  }
  if (!FLAGS_model.empty()) {
    return Invalid("--step needs --experiment in place of --model");
  }
  ASSIGN_OR_RETURN(const Experiment experiment,
                   ReadExperiment(FLAGS_experiment, changes));
  return LookInRun(experiment);
}

absl::Status Main(const std::vector<std::string>& changes) {
  RETURN_IF_ERROR(AtLeast("--step", FLAGS_step, 0));
  ASSIGN_OR_RETURN(const std::vector<InspectedTensor> tensors, Seen(changes));
  FLAGS_json ? PrintJson(tensors) : PrintTable(tensors);
  return absl::OkStatus();
}

}  // namespace
}  // namespace toque

int main(int argc, char** argv) {
  return toque::ToolMainWithChanges(toque::kUsage, argc, argv, toque::Main);
}
