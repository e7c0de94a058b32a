// Kills runs of an experiment and resumes them: the end must be the same.

#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "framework/command/flags.h"
#include "framework/command/tool.h"
#include "framework/core/rng.h"
#include "gflags/gflags.h"
#include "tools/metrics_file.h"
#include "tools/subprocess.h"

DEFINE_string(program, "",
              "An experiment's program, as "
              "bazel-bin/experiments/digits_convnet.");
DEFINE_string(experiment, "",
              "The experiment, where the program is bazel-bin/tools/train.");
DEFINE_string(out, "", "Folder of the runs, which must not exist yet.");
DEFINE_string(data, "", "As that of an experiment.");
DEFINE_int32(runs, 10, "Runs that are killed.");
DEFINE_uint64(seed, 0, "Start of the random steps and delays.");
DEFINE_string(threads, "1", "Numbers of loader threads, separated by commas.");

namespace toque {
namespace {

namespace fs = std::filesystem;

constexpr char kUsage[] = R"(Checks that a run that was killed ends as if it had
not been:

  kill_and_resume --program=bazel-bin/experiments/digits_convnet --runs=50
      --out=kills --set='precision: BF16'

Runs an experiment once to its end with each number of loader threads, then
kills runs (-9) at random moments, every other one while it writes a checkpoint,
resumes them to their end, and compares the bytes of all their checkpoints. The
exit status is 1 where they differ.

  --set='TEXT-PROTO FRAGMENT'
      Changes the experiment; may be given repeatedly.)";

class Comparison {
 public:
  Comparison(std::string folder, std::vector<std::string> changes)
      : folder_(std::move(folder)), changes_(std::move(changes)) {}

  // True when all runs ended equal.
  absl::StatusOr<bool> Run(const std::vector<int>& threads) {
    if (fs::exists(folder_)) return Invalid(folder_ + ": must not exist yet");
    fs::create_directories(folder_);
    ASSIGN_OR_RETURN(const int whole, RunWhole(threads));
    ASSIGN_OR_RETURN(const int resumed, RunKilled(threads));
    std::cout << "result loader_threads_equal " << whole << "/"
              << threads.size() << " runs\n"
              << "result kill_and_resume_equal " << resumed << "/" << FLAGS_runs
              << " runs\n"
              << "result kills_while_writing_a_checkpoint "
              << kills_while_writing_ << "/" << FLAGS_runs << " runs\n";
    return whole == static_cast<int>(threads.size()) && resumed == FLAGS_runs;
  }

 private:
  // Uninterrupted runs; the first is what all others are compared with.
  absl::StatusOr<int> RunWhole(const std::vector<int>& threads) {
    int equal = 0;
    for (const int count : threads) {
      const std::string folder = absl::StrCat(folder_, "/threads_", count);
      RETURN_IF_ERROR(RunProgram(Arguments(folder, count), folder + ".txt"));
      if (reference_.empty()) reference_ = folder;
      equal += Report(folder, absl::StrCat(count, " loader threads"));
    }
    return equal;
  }

  absl::StatusOr<int> RunKilled(const std::vector<int>& threads) {
    const auto steps =
        static_cast<int64_t>(LastMetric(reference_, "step").value_or(0));
    if (steps < 2) return Invalid("a run must have at least 2 steps", steps);
    Rng rng(FLAGS_seed);
    int equal = 0;
    for (int i = 0; i < FLAGS_runs; ++i) {
      const std::string folder = absl::StrCat(folder_, "/run_", i);
      const int count = threads[static_cast<size_t>(i) % threads.size()];
      std::vector<std::string> arguments = Arguments(folder, count);
      ASSIGN_OR_RETURN(const auto program,
                       Subprocess::Start(arguments, folder + ".txt"));
      const Moment moment = {1 + rng.Below(steps - 1), i % 2 == 1,
                             rng.Below(i % 2 == 1 ? 500 : 5'000)};
      if (!Kill(*program, folder, moment)) {
        // Too late: the run was over. Another moment is drawn.
        fs::remove_all(folder);
        --i;
        continue;
      }
      const bool writing = WritesCheckpoint(folder);
      kills_while_writing_ += writing;
      const auto step =
          static_cast<int64_t>(LastMetric(folder, "step").value_or(0));
      arguments.push_back("--resume");
      RETURN_IF_ERROR(RunProgram(arguments, folder + ".txt"));
      equal += Report(folder,
                      absl::StrCat("run ", i, ", ", count,
                                   " loader threads, killed after step ", step,
                                   writing ? ", writing a checkpoint" : ""));
    }
    return equal;
  }

  // When a run is killed: some time after a step, or after the next checkpoint
  // from there on is begun.
  struct Moment {
    int64_t step = 0;
    bool in_checkpoint = false;
    int64_t microseconds = 0;
  };

  // False where the program ended before.
  static bool Kill(Subprocess& program, const std::string& folder,
                   const Moment& moment) {
    while (program.Running() && LastMetric(folder, "step").value_or(0) <
                                    static_cast<double>(moment.step)) {
      usleep(500);
    }
    while (moment.in_checkpoint && program.Running() &&
           !WritesCheckpoint(folder)) {
      usleep(50);
    }
    usleep(static_cast<useconds_t>(moment.microseconds));
    if (!program.Running()) return false;
    program.Signal(SIGKILL);
    return program.Wait() == 128 + SIGKILL;
  }

  // Whether a checkpoint is on its way, or was when the run was killed: it is
  // written under another name.
  static bool WritesCheckpoint(const std::string& folder) {
    std::error_code error;
    for (const auto& entry :
         fs::directory_iterator(folder + "/checkpoints", error)) {
      const std::string name = entry.path().filename();
      if (name.find(".tmp") != std::string::npos) return true;
    }
    return false;
  }

  std::vector<std::string> Arguments(const std::string& folder,
                                     int threads) const {
    std::vector<std::string> arguments = {
        UserPath(FLAGS_program), "--run_dir=" + folder, "--data=" + FLAGS_data,
        "--set=log_every_steps: 1"};
    if (!FLAGS_experiment.empty()) {
      arguments.push_back("--experiment=" + UserPath(FLAGS_experiment));
    }
    for (const std::string& change : changes_) {
      arguments.push_back("--set=" + change);
    }
    arguments.push_back(
        absl::StrCat("--set=train { loader_threads: ", threads, " }"));
    return arguments;
  }

  bool Report(const std::string& folder, const std::string& what) const {
    const auto checkpoints = Checkpoints(folder);
    const bool equal = checkpoints.contains("last.safetensors") &&
                       checkpoints == Checkpoints(reference_);
    std::cout << what << ": " << (equal ? "equal" : "DIFFERENT") << std::endl;
    return equal;
  }

  // The bytes of every file there, by its name.
  static std::map<std::string, std::string> Checkpoints(
      const std::string& folder) {
    std::map<std::string, std::string> checkpoints;
    for (const auto& entry : fs::directory_iterator(folder + "/checkpoints")) {
      std::ifstream file(entry.path(), std::ios::binary);
      checkpoints[entry.path().filename()] = {
          std::istreambuf_iterator<char>(file), {}};
    }
    return checkpoints;
  }

  const std::string folder_;
  const std::vector<std::string> changes_;
  std::string reference_;
  int kills_while_writing_ = 0;
};

absl::StatusOr<bool> Main(const std::vector<std::string>& changes) {
  if (FLAGS_program.empty()) return Invalid("--program must be given");
  std::vector<int> threads;
  for (const auto part : absl::StrSplit(FLAGS_threads, ',')) {
    if (!absl::SimpleAtoi(part, &threads.emplace_back())) {
      return Invalid("--threads must be numbers separated by commas",
                     FLAGS_threads);
    }
  }
  // A test has a folder of its own.
  const char* scratch = std::getenv("TEST_TMPDIR");
  if (FLAGS_out.empty() && scratch == nullptr) {
    return Invalid("--out must be given");
  }
  const std::string folder = FLAGS_out.empty()
                                 ? std::string(scratch) + "/kill_and_resume"
                                 : UserPath(FLAGS_out);
  return Comparison(folder, changes).Run(threads);
}

}  // namespace
}  // namespace toque

int main(int argc, char** argv) {
  return toque::ToolMainWithChanges(toque::kUsage, argc, argv, toque::Main);
}
