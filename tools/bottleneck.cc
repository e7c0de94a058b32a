// Tells where the time of an experiment's steps goes.

#include <algorithm>
#include <array>
#include <iostream>
#include <limits>

#include "absl/strings/str_format.h"
#include "framework/command/flags.h"
#include "framework/command/tool.h"
#include "framework/core/option_checks.h"
#include "framework/parts/section_loader.h"
#include "framework/trainer/trainer.h"
#include "gflags/gflags.h"
#include "nlohmann/json.hpp"
#include "tools/experiment_file.h"
#include "tools/section.h"
#include "tools/text_table.h"
#include "tools/time_split.h"

DEFINE_string(experiment, "", "The experiment, a text-proto.");
DEFINE_string(data, "", "As that of an experiment.");
DEFINE_int64(steps, 50, "Steps that are measured.");
DEFINE_int64(skip, 5, "Steps before them.");
DEFINE_bool(json, false, "Prints JSON instead of a table.");

namespace toque {
namespace {

using nlohmann::json;

constexpr char kUsage[] = R"(Tells where the time of training goes (R96):

  bottleneck --experiment=experiments/mnist_convnet.textproto --data=mnist

Trains a few steps and prints what of a step's time is spent waiting for the
loader, bringing the batch to the device, in forward, backward and optimizer, and
in the rest of the trainer; together they are the whole. A GPU is waited for
between them. The experiment's hooks and evaluations are left out; nothing is
written.

  --set='TEXT-PROTO FRAGMENT'
      Changes the experiment; may be given repeatedly.)";

constexpr std::array kAll = {Spent::kLoad,     Spent::kPlace, Spent::kForward,
                             Spent::kBackward, Spent::kStep,  Spent::kOther};

// Training steps and nothing else.
void KeepTrainingAlone(Experiment* experiment) {
  experiment->clear_epochs();
  experiment->clear_fast_dev_run();
  experiment->clear_eval();
  experiment->clear_test();
  experiment->clear_hook();
  experiment->set_steps(FLAGS_skip + FLAGS_steps);
  experiment->set_non_finite(CONTINUE);
  experiment->set_log_every_steps(std::numeric_limits<int32_t>::max());
}

// The run's own batches, with as many threads as it has.
LoaderOptions OptionsOf(const OpenSection& section) {
  LoaderOptions options = section.options;
  options.threads = LoaderThreads(section.parts.section);
  return options;
}

void PrintTable(const TimeSplit& split) {
  const auto steps = static_cast<double>(FLAGS_steps);
  TextTable table({"part", "ms a step", "share"});
  const auto add = [&](std::string_view name, double seconds) {
    table.Add({std::string(name),
               absl::StrFormat("%.3f", 1e3 * seconds / steps),
               absl::StrFormat("%.1f %%", 100 * seconds / split.whole())});
  };
  for (const Spent spent : kAll) add(NameOf(spent), split.seconds(spent));
  add("whole", split.whole());
  const Spent most = *std::ranges::max_element(
      kAll, {}, [&split](Spent spent) { return split.seconds(spent); });
  std::cout << table.Text() << "\nmost of it: " << NameOf(most) << "\n";
}

void PrintJson(const TimeSplit& split) {
  json parts;
  for (const Spent spent : kAll) {
    parts[std::string(NameOf(spent))] = split.seconds(spent);
  }
  std::cout << json{{"steps", FLAGS_steps},
                    {"seconds", parts},
                    {"whole_seconds", split.whole()}}
                   .dump(2)
            << "\n";
}

absl::Status Main(const std::vector<std::string>& changes) {
  RETURN_IF_ERROR(Together(
      {AtLeast("--steps", FLAGS_steps, 1), AtLeast("--skip", FLAGS_skip, 1)}));
  ASSIGN_OR_RETURN(Experiment experiment,
                   ReadExperiment(FLAGS_experiment, changes));
  KeepTrainingAlone(&experiment);
  const Context context = Context().WithDataFolder(UserPath(FLAGS_data));
  ASSIGN_OR_RETURN(const auto trainer,
                   Trainer::Create(experiment, context, {}));
  ASSIGN_OR_RETURN(const OpenSection section,
                   OpenSectionOf(trainer->experiment(), "train", context));
  ASSIGN_OR_RETURN(auto loader, Loader::Start(OptionsOf(section)));
  TimeSplit split;
  trainer->UseLoader(SplittingLoader(std::move(loader), &split));
  trainer->AddHook(SplittingHook(FLAGS_skip, &split), "bottleneck");
  RETURN_IF_ERROR(trainer->Train().status());
  FLAGS_json ? PrintJson(split) : PrintTable(split);
  return absl::OkStatus();
}

}  // namespace
}  // namespace toque

int main(int argc, char** argv) {
  return toque::ToolMainWithChanges(toque::kUsage, argc, argv, toque::Main);
}
