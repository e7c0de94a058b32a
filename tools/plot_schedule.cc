// Draws the learning rate of an experiment over its run.

#include <filesystem>

#include "framework/command/flags.h"
#include "framework/command/tool.h"
#include "framework/config/config.h"
#include "framework/core/model_access.h"
#include "framework/loader/loader.h"
#include "framework/parts/param_groups.h"
#include "framework/parts/section_loader.h"
#include "gflags/gflags.h"
#include "tools/experiment_file.h"
#include "tools/schedule_chart.h"

DEFINE_string(experiment, "", "The experiment, a text-proto.");
DEFINE_string(data, "", "As that of an experiment.");
DEFINE_string(output, "", "The picture, a .png or .svg.");
DEFINE_int64(steps_per_epoch, 0,
             "The length of an epoch, for a picture without the data; 0 counts "
             "the training set.");

namespace toque {
namespace {

constexpr char kUsage[] = R"(Draws the learning rate over a run, for every group
of parameters, and marks which schedules act where:

  plot_schedule --experiment=experiments/digits_convnet.textproto \
      --output=rate.svg

Nothing is trained. Schedules that follow a metric (Plateau) are drawn as if the
metric always got better.

  --set='TEXT-PROTO FRAGMENT'
      Changes the experiment; may be given repeatedly.)";

// Batches that the trainer would go through in an epoch.
absl::StatusOr<int64_t> BatchesPerEpoch(const Experiment& experiment,
                                        const SectionParts& train) {
  const auto loader =
      Loader::Start(LoaderOptionsOf(experiment, train, /*training=*/true));
  if (!loader.ok()) return AtPlace(loader.status(), "train");
  return (*loader)->batches_per_epoch();
}

// A run's length, as a Progress at its beginning.
absl::StatusOr<Progress> LengthOf(const Experiment& experiment,
                                  const Parts& parts) {
  Progress length;
  length.steps_per_epoch = FLAGS_steps_per_epoch;
  if (FLAGS_steps_per_epoch == 0) {
    ASSIGN_OR_RETURN(const int64_t batches,
                     BatchesPerEpoch(experiment, parts.train));
    const int64_t group = experiment.accumulate_steps();
    length.steps_per_epoch = (batches + group - 1) / group;
  }
  length.total_steps = experiment.has_steps()
                           ? experiment.steps()
                           : experiment.epochs() * length.steps_per_epoch;
  return length;
}

absl::Status Main(const std::vector<std::string>& changes) {
  if (FLAGS_output.empty()) return Invalid("--output must be given");
  RETURN_IF_ERROR(AtLeast("--steps_per_epoch", FLAGS_steps_per_epoch, 0));
  ASSIGN_OR_RETURN(const Experiment experiment,
                   ReadExperiment(FLAGS_experiment, changes));
  RETURN_IF_ERROR(CheckExperiment(experiment));
  const Context context = Context().WithDataFolder(UserPath(FLAGS_data));
  ASSIGN_OR_RETURN(
      const Parts parts,
      BuildParts(experiment, context,
                 FLAGS_steps_per_epoch > 0 ? Opening::kSkip : Opening::kOpen));
  NamedTensors parameters = Parameters(*parts.model);
  for (const auto& [name, parameter] : parts.loss->Parameters()) {
    parameters.emplace_back("loss." + name, parameter);
  }
  ASSIGN_OR_RETURN(const std::vector<Group> groups,
                   MakeGroups(experiment, parameters));
  ASSIGN_OR_RETURN(const Progress length, LengthOf(experiment, parts));
  Chart chart = ScheduleChart(experiment, parts, groups, length);
  chart.title = std::filesystem::path(FLAGS_experiment).stem();
  return DrawChart(chart, UserPath(FLAGS_output));
}

}  // namespace
}  // namespace toque

int main(int argc, char** argv) {
  return toque::ToolMainWithChanges(toque::kUsage, argc, argv, toque::Main);
}
