#include "framework/command/command.h"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <utility>

#include "absl/strings/str_format.h"
#include "framework/command/flags.h"
#include "framework/command/past_run.h"
#include "framework/config/config.h"
#include "framework/config/overrides.h"
#include "framework/guarded.h"
#include "framework/shared/metric_text.h"
#include "framework/trainer/checkpoint.h"
#include "framework/trainer/run_folder.h"
#include "framework/trainer/trainer.h"
#include "gflags/gflags.h"

DEFINE_string(run_dir, "",
              "Folder of the run (default: runs/NAME/<time>; with --resume the "
              "newest there).");
DEFINE_string(data, "",
              "Folder that relative data paths of the experiment are looked up "
              "in.");
DEFINE_bool(resume, false,
            "Goes on from the last checkpoint of the run folder.");
DEFINE_string(resume_from, "",
              "As --resume, from this checkpoint: best, another name in the "
              "run's checkpoints, or a path.");

namespace toque {
namespace {

namespace fs = std::filesystem;

// For environment.json.
constexpr char kFinished[] = "finished";

std::atomic<int> signal_received = 0;

void OnSignal(int signal) { signal_received = signal; }

// The first Ctrl-C ends the run after its step, a second one at once.
void CatchSignals() {
  struct sigaction action = {};
  action.sa_handler = OnSignal;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool Resumes(const Command& command) {
  return command.resume || !command.resume_from.empty();
}

absl::StatusOr<std::string> FolderOf(const Command& command) {
  if (!command.run_dir.empty()) return UserPath(command.run_dir);
  if (Resumes(command)) return NewestRunFolder(UserFolder(), command.name);
  return NewRunFolder(UserFolder(), command.name);
}

absl::StatusOr<Experiment> LoadFor(const Command& command,
                                   const std::string& folder) {
  Experiment experiment;
  if (Resumes(command)) {
    ASSIGN_OR_RETURN(experiment, ExperimentOf(folder));
  } else {
    if (fs::exists(folder + "/experiment.textproto")) {
      return Invalid(absl::StrCat(
          folder, ": holds a run already; --resume goes on with it"));
    }
    ASSIGN_OR_RETURN(experiment,
                     ParseExperiment(command.text, command.file_name));
  }
  for (const std::string& change : command.overrides) {
    RETURN_IF_ERROR(ApplyOverride(change, &experiment));
  }
  return experiment;
}

// The checkpoint that a run goes on from; "" where it begins.
std::string StartOf(const Command& command, const std::string& folder) {
  if (!Resumes(command)) return "";
  const std::string name =
      command.resume_from.empty() ? "last" : command.resume_from;
  const std::string path = CheckpointPath(folder, name);
  if (name != "last" || fs::exists(path)) return path;
  // The run died before its first checkpoint.
  std::cerr << folder << ": no checkpoint yet, starting at step 0\n";
  return "";
}

// What can be told of a checkpoint before anything is made comes first: a model
// of another type fits its data in other ways, too.
absl::StatusOr<std::unique_ptr<Trainer>> TrainerAt(
    const std::string& start, const Experiment& experiment,
    const Context& context, const TrainerOptions& options) {
  if (start.empty()) return Trainer::Create(experiment, context, options);
  ASSIGN_OR_RETURN(const Checkpoint checkpoint, ReadCheckpoint(start));
  RETURN_IF_ERROR(AtPlace(CheckTypes(checkpoint, experiment), start));
  TrainerOptions restored = options;
  restored.restored = true;
  ASSIGN_OR_RETURN(auto trainer,
                   Trainer::Create(experiment, context, restored));
  RETURN_IF_ERROR(AtPlace(trainer->Resume(checkpoint), start));
  return trainer;
}

// Whether the run in the folder has nothing left to do: it was trained,
// evaluated and tested to the end of this same experiment.
bool IsFinished(const Trainer& trainer, const Experiment& experiment,
                const std::string& folder) {
  if (!trainer.Done() || ReadEnd(folder) != kFinished) return false;
  const auto finished = ExperimentOf(folder);
  return finished.ok() &&
         finished->SerializeAsString() == experiment.SerializeAsString();
}

void SayFinished(const Experiment& experiment, const std::string& folder) {
  const bool steps = experiment.has_steps();
  std::cout << "finished already: " << folder << "; --resume --set='"
            << (steps ? "steps" : "epochs") << ": N' with N above "
            << (steps ? experiment.steps() : experiment.epochs())
            << " trains longer\n"
            << std::flush;
}

std::string Summary(const Outcome& outcome) {
  for (const char* name : {"accuracy/test", "loss/test", "accuracy/eval",
                           "loss/eval", "loss/train"}) {
    const auto found = outcome.metrics.find(name);
    if (found == outcome.metrics.end()) continue;
    return absl::StrCat(name, " ", MetricText(name, found->second));
  }
  return "nothing to train";
}

// An experiment that doesn't fit leaves no folder, and that of an earlier run
// as it was.
absl::Status BeginIn(const std::string& folder, const Command& command,
                     Trainer& trainer) {
  const bool must_be_new = !Resumes(command) && command.run_dir.empty();
  const bool was_there = fs::exists(folder);
  RETURN_IF_ERROR(MakeRunFolder(folder, must_be_new));
  const absl::Status begun = Guarded([&] { return trainer.Begin(); });
  if (!begun.ok() && !was_there) fs::remove_all(folder);
  RETURN_IF_ERROR(begun);
  RETURN_IF_ERROR(WriteTextFile(folder + "/experiment.textproto",
                                ExperimentText(trainer.experiment())));
  return WriteEnvironment(folder, trainer.run().device);
}

// How a run ended, for environment.json.
std::string EndOf(const Outcome& outcome) {
  if (outcome.interrupted) return "interrupted";
  if (outcome.stop_reason.empty()) return kFinished;
  return absl::StrCat("stopped: ", outcome.stop_reason);
}

// Says how a run ended that was trained; the exit status.
int Conclude(const Outcome& outcome, int64_t step, const std::string& folder,
             std::chrono::steady_clock::duration time) {
  if (outcome.interrupted) {
    std::cerr << "interrupted after step " << step
              << "; go on with --resume --run_dir=" << folder << "\n";
    return 128 + signal_received;
  }
  if (!outcome.stop_reason.empty()) {
    std::cerr << "stopped: " << outcome.stop_reason << "\n";
  }
  const std::chrono::duration<double> seconds = time;
  std::cout << absl::StrFormat("done: %s, %.0f s, %s\n", Summary(outcome),
                               seconds.count(), folder)
            << std::flush;
  return 0;
}

absl::StatusOr<int> RunToEnd(const Command& command) {
  const auto begin = std::chrono::steady_clock::now();
  ASSIGN_OR_RETURN(const std::string folder, FolderOf(command));
  ASSIGN_OR_RETURN(const Experiment experiment, LoadFor(command, folder));
  const Context context = Context().WithDataFolder(UserPath(command.data));
  // First, so that a checkpoint that doesn't fit leaves the folder as it is.
  const std::string start = StartOf(command, folder);
  ASSIGN_OR_RETURN(auto trainer,
                   TrainerAt(start, experiment, context,
                             {command.name, folder, &signal_received}));
  const Progress& progress = trainer->run().progress;
  if (!start.empty()) {
    if (IsFinished(*trainer, experiment, folder)) {
      SayFinished(experiment, folder);
      return 0;
    }
    std::cerr << start << ": going on after step " << progress.step << "\n";
  }
  RETURN_IF_ERROR(BeginIn(folder, command, *trainer));
  CatchSignals();
  ASSIGN_OR_RETURN(const Outcome outcome, trainer->Train());
  RETURN_IF_ERROR(WriteEnd(folder, EndOf(outcome)));
  return Conclude(outcome, progress.step, folder,
                  std::chrono::steady_clock::now() - begin);
}

}  // namespace

int RunCommand(const Command& command) {
  const absl::StatusOr<int> exit_status =
      Guarded([&command] { return RunToEnd(command); });
  if (exit_status.ok()) return *exit_status;
  std::cerr << exit_status.status().message() << "\n";
  return 1;
}

Command ParseCommand(std::string_view usage, int argc, char** argv) {
  Command command;
  command.overrides = TakeRepeatedFlag("set", &argc, argv);
  ParseFlags(usage, &argc, &argv);
  if (argc > 1) {
    std::cerr << "unexpected argument \"" << argv[1] << "\"; see --help\n";
    std::exit(1);
  }
  command.run_dir = FLAGS_run_dir;
  command.data = FLAGS_data;
  command.resume = FLAGS_resume;
  command.resume_from = FLAGS_resume_from;
  return command;
}

}  // namespace toque
