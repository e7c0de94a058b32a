// Finds the largest batch of an experiment that memory has room for.

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "framework/command/flags.h"
#include "framework/command/tool.h"
#include "framework/core/option_checks.h"
#include "framework/parts/device.h"
#include "gflags/gflags.h"
#include "nlohmann/json.hpp"
#include "tools/batch_trial.h"
#include "tools/experiment_file.h"
#include "tools/largest_fit.h"
#include "tools/subprocess.h"

DEFINE_string(experiment, "", "The experiment, a text-proto.");
DEFINE_string(data, "", "As that of an experiment.");
DEFINE_int64(from, 8, "The smallest batch that is tried; it must fit.");
DEFINE_int64(max, 65536, "The largest batch that is tried.");
DEFINE_int64(memory_mib, 0,
             "Memory that a run on the CPU may use, in MiB (default: 80 % of "
             "what is available).");
DEFINE_int64(only, 0, "Tries batches of this size alone, in this process.");

namespace toque {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr char kUsage[] = R"(Finds how large a batch fits into memory:

  find_batch_size --experiment=experiments/mnist_convnet.textproto --data=mnist

Trains a few steps with batches of one size after the other, each in a process
of its own: twice the size until one fails, then between the two until they are
a 16th apart. Prints the speed and the most memory used: of the process on a
CPU, of tensors on a GPU. Writes nothing.

  --set='TEXT-PROTO FRAGMENT'
      Changes the experiment; may be given repeatedly.)";

constexpr int64_t kMiB = int64_t{1} << 20;

// 80 % of the memory that is available now.
int64_t MemoryMib() {
  if (FLAGS_memory_mib > 0) return FLAGS_memory_mib;
  std::ifstream file("/proc/meminfo");
  for (std::string line; std::getline(file, line);) {
    long kib = 0;
    if (std::sscanf(line.c_str(), "MemAvailable: %ld kB", &kib) == 1) {
      return kib / 1024 * 8 / 10;
    }
  }
  return int64_t{1} << 20;  // as good as no limit
}

// One size, in this process; the result as a line of JSON.
absl::Status TryHere(const std::vector<std::string>& changes) {
  ASSIGN_OR_RETURN(const Experiment experiment,
                   ReadExperiment(FLAGS_experiment, changes));
  // Before anything else looks for a device: it says which are visible.
  ASSIGN_OR_RETURN(const at::Device device, PrepareDevice(experiment));
  if (device.is_cpu()) RETURN_IF_ERROR(LimitMemory(MemoryMib() * kMiB));
  const Context context = Context().WithDataFolder(UserPath(FLAGS_data));
  ASSIGN_OR_RETURN(const BatchTrial trial,
                   TryBatch(experiment, FLAGS_only, context));
  const json result = {{"examples_per_second", trial.examples_per_second},
                       {"peak_bytes", trial.peak_bytes},
                       {"training_set", trial.training_set}};
  std::cout << "\n" << result.dump() << std::endl;
  return absl::OkStatus();
}

// A folder that lasts as long as the search.
class TemporaryFolder {
 public:
  TemporaryFolder()
      : path_(fs::temp_directory_path() /
              absl::StrCat("toque_find_batch_size_", getpid())) {
    fs::create_directories(path_);
  }
  ~TemporaryFolder() {
    std::error_code error;
    fs::remove_all(path_, error);
  }
  std::string File(std::string_view name) const { return path_ / name; }

 private:
  const fs::path path_;
};

class Search {
 public:
  // `child` is the command line of a process that tries one size.
  explicit Search(std::vector<std::string> child) : child_(std::move(child)) {}

  absl::Status Run() {
    std::cout << "batch_size  examples/s  peak MiB\n";
    ASSIGN_OR_RETURN(const json first, Try(FLAGS_from));
    const int64_t max =
        std::min<int64_t>(FLAGS_max, first.value("training_set", FLAGS_max));
    const int64_t largest =
        LargestFit(FLAGS_from, std::max(max, FLAGS_from),
                   [this](int64_t size) { return Try(size).ok(); });
    std::cout << "\nlargest batch_size that fits: " << largest;
    if (largest >= max) std::cout << " (more was not tried)";
    std::cout << "\n";
    return absl::OkStatus();
  }

 private:
  // Prints a row of the table.
  absl::StatusOr<json> Try(int64_t size) {
    const std::string output = folder_.File(absl::StrCat(size, ".txt"));
    std::vector<std::string> arguments = child_;
    arguments.push_back(absl::StrCat("--only=", size));
    ASSIGN_OR_RETURN(const auto child, Subprocess::Start(arguments, output));
    const int status = child->Wait();
    const std::string line = LastLine(output);
    const json result = json::parse(line, /*cb=*/nullptr,
                                    /*allow_exceptions=*/false);
    if (status == 0 && result.is_object()) {
      std::cout << absl::StreamFormat(
                       "%10d  %10.0f  %8d\n", size,
                       result.value("examples_per_second", 0.0),
                       result.value("peak_bytes", int64_t{0}) / kMiB)
                << std::flush;
      return result;
    }
    const std::string why =
        status > 128 ? absl::StrCat("killed by signal ", status - 128) : line;
    std::cout << absl::StreamFormat("%10d  fails: %s\n", size, why)
              << std::flush;
    return Invalid("--from must be a batch size that fits", size);
  }

  // The last that isn't empty; a progress bar ends its lines by '\r'.
  static std::string LastLine(const std::string& path) {
    std::ifstream file(path);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const std::vector<std::string> lines =
        absl::StrSplit(text, absl::ByAnyChar("\r\n"), absl::SkipWhitespace());
    return lines.empty() ? "" : lines.back();
  }

  const std::vector<std::string> child_;
  const TemporaryFolder folder_;
};

absl::Status Main(const std::vector<std::string>& changes) {
  RETURN_IF_ERROR(Together({AtLeast("--from", FLAGS_from, 1),
                            AtLeast("--max", FLAGS_max, FLAGS_from)}));
  if (FLAGS_only > 0) return TryHere(changes);
  // Faults of the experiment alone are told at once.
  RETURN_IF_ERROR(ReadExperiment(FLAGS_experiment, changes).status());
  std::vector<std::string> child = {
      fs::read_symlink("/proc/self/exe"), "--experiment=" + FLAGS_experiment,
      "--data=" + FLAGS_data, absl::StrCat("--memory_mib=", MemoryMib())};
  for (const std::string& change : changes) child.push_back("--set=" + change);
  return Search(std::move(child)).Run();
}

}  // namespace
}  // namespace toque

int main(int argc, char** argv) {
  return toque::ToolMainWithChanges(toque::kUsage, argc, argv, toque::Main);
}
