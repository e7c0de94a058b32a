// Evaluates the model of a run.

#include <filesystem>
#include <iostream>
#include <utility>

#include "framework/command/command.h"
#include "framework/command/flags.h"
#include "framework/config/overrides.h"
#include "framework/guarded.h"
#include "framework/shared/metric_text.h"
#include "framework/trainer/trainer.h"
#include "framework/weights/safetensors.h"
#include "gflags/gflags.h"

DEFINE_string(checkpoint, "best",
              "The checkpoint: best (last where there is no best), last, or a "
              "path.");
DEFINE_string(split, "",
              "The section that is evaluated: test or eval (default: test "
              "where the experiment has one).");
DEFINE_string(dump, "",
              "A .safetensors that input, target and output of the first batch "
              "are written to.");

namespace toque {
namespace {

constexpr char kUsage[] = R"(Prints the metrics of a run's model: the experiment
in --run_dir with the weights of a checkpoint.

  evaluate --run_dir=runs/digits_convnet/2026-01-31_12-00-00 --split=eval

  --set='TEXT-PROTO FRAGMENT'
      Changes the experiment; may be given repeatedly.)";

// Writes the first batch and what the model made of it.
class Dump : public Hook {
 public:
  explicit Dump(std::string path) : path_(std::move(path)) {}

  absl::Status AfterForward(Run& run) override {
    if (std::exchange(done_, true)) return absl::OkStatus();
    State state;
    state.Set("input", run.batch.input);
    state.Set("target", run.batch.target);
    state.Set("output", run.prediction.output);
    return WriteSafetensors(path_, state);
  }

 private:
  const std::string path_;
  bool done_ = false;
};

std::string ChosenCheckpoint(const std::string& folder) {
  const std::string path = CheckpointPath(folder, FLAGS_checkpoint);
  if (FLAGS_checkpoint != "best" || std::filesystem::exists(path)) return path;
  std::cerr << folder << ": no best checkpoint, taking the last\n";
  return CheckpointPath(folder, "last");
}

absl::Status Evaluate(const Command& command) {
  if (command.run_dir.empty()) return Invalid("--run_dir must be given");
  const std::string folder = UserPath(command.run_dir);
  ASSIGN_OR_RETURN(Experiment experiment, ExperimentOf(folder));
  for (const std::string& change : command.overrides) {
    RETURN_IF_ERROR(ApplyOverride(change, &experiment));
  }
  ASSIGN_OR_RETURN(
      const auto trainer,
      Trainer::Create(experiment,
                      Context().WithDataFolder(UserPath(command.data)), {}));
  const std::string path = ChosenCheckpoint(folder);
  ASSIGN_OR_RETURN(const Checkpoint checkpoint, ReadCheckpoint(path));
  RETURN_IF_ERROR(AtPlace(trainer->LoadWeights(checkpoint), path));
  if (!FLAGS_dump.empty()) {
    trainer->AddHook(std::make_unique<Dump>(UserPath(FLAGS_dump)), "--dump");
  }
  const std::string split = !FLAGS_split.empty()    ? FLAGS_split
                            : experiment.has_test() ? "test"
                                                    : "eval";
  ASSIGN_OR_RETURN(const Metrics metrics, trainer->EvaluateOnce(split));
  for (const auto& [name, value] : metrics) {
    std::cout << name << " " << MetricText(name, value) << "\n";
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace toque

int main(int argc, char** argv) {
  const toque::Command command = toque::ParseCommand(toque::kUsage, argc, argv);
  const absl::Status status =
      toque::Guarded([&command] { return toque::Evaluate(command); });
  if (status.ok()) return 0;
  std::cerr << status.message() << "\n";
  return 1;
}
