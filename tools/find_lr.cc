// Finds a learning rate for an experiment.

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <limits>

#include "framework/command/flags.h"
#include "framework/command/tool.h"
#include "framework/core/option_checks.h"
#include "framework/plot/plot.h"
#include "framework/trainer/trainer.h"
#include "gflags/gflags.h"
#include "tools/experiment_file.h"
#include "tools/lr_finder.h"
#include "tools/text_table.h"

DEFINE_string(experiment, "", "The experiment, a text-proto.");
DEFINE_string(data, "", "As that of an experiment.");
DEFINE_double(from, 1e-7, "The first rate.");
DEFINE_double(to, 10, "The last rate.");
DEFINE_int64(steps, 100, "Steps from the first to the last.");
DEFINE_string(output, "", "A picture of loss over rate, a .png or .svg.");

namespace toque {
namespace {

constexpr char kUsage[] = R"(Suggests a learning rate by the range test of Smith
(2017):

  find_lr --experiment=experiments/digits_convnet.textproto --output=lr.png

Trains once while the rate grows from step to step, until the loss diverges, and
suggests the rate at which the loss fell fastest before its minimum. For a
schedule that begins
below its rate it is near the highest that is of use; others take a third of it.
The experiment's hooks, schedules among them, and its evaluations are left out;
nothing but the picture is written.

  --set='TEXT-PROTO FRAGMENT'
      Changes the experiment; may be given repeatedly.)";

// Training steps and nothing else.
void KeepTrainingAlone(const LrRange& range, Experiment* experiment) {
  experiment->clear_epochs();
  experiment->clear_fast_dev_run();
  experiment->clear_eval();
  experiment->clear_test();
  experiment->clear_hook();
  experiment->set_steps(range.steps);
  // The finder itself looks at each loss.
  experiment->set_non_finite(CONTINUE);
  experiment->set_log_every_steps(std::numeric_limits<int32_t>::max());
}

void PrintTable(const std::vector<LrTrial>& trials) {
  constexpr size_t kRows = 25;
  TextTable table({"rate", "loss", "smoothed"});
  const size_t stride = (trials.size() + kRows - 1) / kRows;
  for (size_t i = 0; i < trials.size(); i += stride) {
    const auto& [lr, loss, smoothed] = trials[i];
    table.Add({absl::StrCat(lr), absl::StrCat(loss), absl::StrCat(smoothed)});
  }
  std::cout << table.Text();
}

// Where the picture may end: with the losses after a divergence in it, the rest
// would be a flat line. None where the loss never fell.
std::optional<double> HeightOf(const std::vector<LrTrial>& trials) {
  const double begin = trials.front().smoothed;
  double least = begin;
  for (const LrTrial& trial : trials) least = std::min(least, trial.smoothed);
  if (!(least < begin)) return std::nullopt;
  return begin + (begin - least) / 2;
}

absl::Status Draw(const std::vector<LrTrial>& trials,
                  std::optional<double> suggested) {
  if (FLAGS_output.empty()) return absl::OkStatus();
  Chart chart;
  chart.title = std::filesystem::path(FLAGS_experiment).stem();
  chart.x_label = "learning rate";
  chart.y_label = "loss";
  chart.x_scale = Chart::Scale::kLog;
  chart.series = {{"loss", {}}, {"smoothed", {}}};
  for (const auto& [lr, loss, smoothed] : trials) {
    chart.series[0].points.emplace_back(lr, loss);
    chart.series[1].points.emplace_back(lr, smoothed);
  }
  chart.y_limit = HeightOf(trials);
  if (suggested) chart.marks = {{*suggested, absl::StrCat(*suggested)}};
  return DrawChart(chart, UserPath(FLAGS_output));
}

absl::Status Main(const std::vector<std::string>& changes) {
  const LrRange range = {FLAGS_from, FLAGS_to, FLAGS_steps};
  RETURN_IF_ERROR(Together({Above("--from", range.from, 0),
                            Above("--to", range.to, range.from),
                            AtLeast("--steps", range.steps, 10)}));
  ASSIGN_OR_RETURN(Experiment experiment,
                   ReadExperiment(FLAGS_experiment, changes));
  KeepTrainingAlone(range, &experiment);
  const Context context = Context().WithDataFolder(UserPath(FLAGS_data));
  ASSIGN_OR_RETURN(const auto trainer,
                   Trainer::Create(experiment, context, {}));
  std::vector<LrTrial> trials;
  trainer->AddHook(std::make_unique<LrFinder>(range, &trials), "find_lr");
  RETURN_IF_ERROR(trainer->Train().status());
  const std::optional<double> lr =
      SteepestDescent(trials, std::max<int64_t>(range.steps / 12, 1));
  PrintTable(trials);
  RETURN_IF_ERROR(Draw(trials, lr));
  if (!lr) return absl::OutOfRangeError("the loss fell at no rate");
  std::cout << "\nsuggested lr: " << *lr << "\n";
  return absl::OkStatus();
}

}  // namespace
}  // namespace toque

int main(int argc, char** argv) {
  return toque::ToolMainWithChanges(toque::kUsage, argc, argv, toque::Main);
}
