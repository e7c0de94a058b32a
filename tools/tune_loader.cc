// Finds how many threads a data loader should have.

#include <iostream>

#include "absl/strings/str_format.h"
#include "framework/command/flags.h"
#include "framework/command/tool.h"
#include "gflags/gflags.h"
#include "tools/experiment_file.h"
#include "tools/loader_sweep.h"
#include "tools/section.h"
#include "tools/text_table.h"
#include "tools/threads.h"

DEFINE_string(experiment, "", "The experiment, a text-proto.");
DEFINE_string(section, "train", "Its section: train, eval or test.");
DEFINE_string(data, "", "As that of an experiment.");
DEFINE_int32(max_threads, 0,
             "The most threads that are tried (default: as many as the machine "
             "has cores).");
DEFINE_double(seconds, 2, "How long each number of threads is measured.");
DEFINE_int64(stage_examples, 200, "Examples whose stages are timed.");

namespace toque {
namespace {

constexpr char kUsage[] =
    R"(Measures a section's loader with more and more threads
(R88), and what its time goes into:

  tune_loader --experiment=experiments/cifar_convnet.textproto --data=cifar

Suggests `loader_threads`: the fewest that are within 3 % of the fastest. Nothing
is trained meanwhile, which takes cores, too. A model that takes fewer examples
a second than the loader gives doesn't wait for it.

  --set='TEXT-PROTO FRAGMENT'
      Changes the experiment; may be given repeatedly.)";

absl::Status PrintStages(const OpenSection& section, const Clocks& clocks) {
  ASSIGN_OR_RETURN(
      const std::vector<StageTime> stages,
      MeasureStages(section.options, FLAGS_stage_examples, clocks));
  double all = 0;
  for (const StageTime& stage : stages) all += stage.seconds;
  TextTable table({"stage, on one thread", "us/example", "share"});
  for (const auto& [name, seconds] : stages) {
    table.Add({name, absl::StrFormat("%.1f", seconds * 1e6),
               absl::StrFormat("%.0f%%", 100 * seconds / all)});
  }
  std::cout << table.Text() << "\nbottleneck: " << Bottleneck(stages).name
            << "\n\n"
            << std::flush;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<LoaderRate>> Sweep(const OpenSection& section,
                                              const Clocks& clocks) {
  LoaderOptions options = section.options;
  std::vector<LoaderRate> rates;
  std::cout << "threads  examples/s  CPU us/example\n";
  for (const int threads : ThreadsToTry(ThreadsOrCores(FLAGS_max_threads))) {
    options.threads = threads;
    ASSIGN_OR_RETURN(const auto loader, Loader::Start(options));
    ASSIGN_OR_RETURN(rates.emplace_back(),
                     MeasureRate(*loader, threads, FLAGS_seconds, clocks));
    std::cout << absl::StrFormat("%7d  %10.0f  %14.1f\n", threads,
                                 rates.back().examples_per_second,
                                 rates.back().cpu_seconds * 1e6)
              << std::flush;
  }
  return rates;
}

absl::Status Main(const std::vector<std::string>& changes) {
  RETURN_IF_ERROR(
      Together({AtLeast("--max_threads", FLAGS_max_threads, 0),
                Above("--seconds", FLAGS_seconds, 0),
                AtLeast("--stage_examples", FLAGS_stage_examples, 1)}));
  ASSIGN_OR_RETURN(const Experiment experiment,
                   ReadExperiment(FLAGS_experiment, changes));
  const Context context = Context().WithDataFolder(UserPath(FLAGS_data));
  ASSIGN_OR_RETURN(const OpenSection section,
                   OpenSectionOf(experiment, FLAGS_section, context));
  const Clocks clocks = Clocks::OfTheMachine();
  RETURN_IF_ERROR(AtPlace(PrintStages(section, clocks), FLAGS_section));
  const auto rates = Sweep(section, clocks);
  if (!rates.ok()) return AtPlace(rates.status(), FLAGS_section);
  std::cout << "\nsuggested loader_threads: " << BestRate(*rates).threads
            << "\n";
  return absl::OkStatus();
}

}  // namespace
}  // namespace toque

int main(int argc, char** argv) {
  return toque::ToolMainWithChanges(toque::kUsage, argc, argv, toque::Main);
}
