// Runs an experiment over seeds and variants.

#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <numeric>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "framework/command/flags.h"
#include "framework/command/tool.h"
#include "framework/config/config.h"
#include "framework/config/text_file.h"
#include "framework/parts/check_parts.h"
#include "gflags/gflags.h"
#include "tools/experiment_file.h"
#include "tools/metrics_file.h"
#include "tools/subprocess.h"

DEFINE_string(experiment, "", "The experiment, a text-proto.");
DEFINE_string(seeds, "0,1,2", "Seeds, separated by commas.");
DEFINE_string(metric, "accuracy/eval", "The metric that is compared.");
DEFINE_string(out, "", "Folder of the runs: OUT/VARIANT/seed_N.");
DEFINE_string(data, "", "As that of an experiment.");
DEFINE_string(load, "", "As that of //tools:train.");

namespace toque {
namespace {

namespace fs = std::filesystem;

constexpr char kUsage[] = R"(Runs an experiment over seeds and variants, one
after the other, each in a process of its own, and prints mean and deviation of
a metric:

  sweep --experiment=experiments/digits_convnet.textproto --out=sweep
      --metric=accuracy/eval --vary='epochs: 10' --vary='epochs: 20'

Called again, it goes on where it was stopped.

  --set='TEXT-PROTO FRAGMENT'
      Changes the experiment in all variants; may be given repeatedly.
  --vary='TEXT-PROTO FRAGMENT'
      A variant: a change as --set; may be given repeatedly.)";

struct Sweep {
  std::string folder;
  std::vector<std::string> changes;   // --set
  std::vector<std::string> variants;  // --vary; one of "" without any
  std::vector<uint64_t> seeds;
};

// Four digits of the FNV-1a hash, the same in every program.
std::string ShortHash(std::string_view text) {
  uint32_t hash = 2166136261;
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 16777619;
  }
  return absl::StrCat(
      absl::Hex((hash >> 16) ^ (hash & 0xffff), absl::kZeroPad4));
}

// A variant as the name of a folder: its letters, digits and signs. Where it
// holds more than what text-proto itself is written in, as a pattern does, a
// hash tells it from others of the same letters.
std::string FolderName(const std::string& variant) {
  if (variant.empty()) return "base";
  bool is_plain = true;
  std::string name;
  for (const char c :
       absl::StrReplaceAll(variant, {{"type.googleapis.com/", ""}})) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' ||
        c == '-' || c == '+') {
      name += c;
      continue;
    }
    is_plain = is_plain && absl::StrContains(" \n\t:;,{}[]'\"_", c);
    if (!name.empty() && name.back() != '_') name += '_';
  }
  if (name.ends_with('_')) name.pop_back();
  return is_plain ? name : absl::StrCat(name, "-", ShortHash(variant));
}

absl::Status CheckFolders(const std::vector<std::string>& variants) {
  std::map<std::string, std::string> by_folder;
  for (const std::string& variant : variants) {
    const auto [other, is_new] =
        by_folder.emplace(FolderName(variant), variant);
    if (is_new) continue;
    return Invalid(
        absl::StrCat("--vary must differ in more than blanks and "
                     "signs, as a folder is named after each, and \"",
                     other->second, "\" is there already"),
        variant);
  }
  return absl::OkStatus();
}

// What would otherwise be known only after a variant's first training: that its
// parts can be made and that the metric is one of theirs. Parts that --load
// brings are not known here.
absl::Status CheckVariant(const Sweep& sweep, const std::string& variant) {
  std::vector<std::string> changes = sweep.changes;
  if (!variant.empty()) changes.push_back(variant);
  ASSIGN_OR_RETURN(const Experiment experiment,
                   ReadExperiment(FLAGS_experiment, changes));
  RETURN_IF_ERROR(CheckExperiment(experiment));
  const Context context = Context().WithDataFolder(UserPath(FLAGS_data));
  ASSIGN_OR_RETURN(const Parts parts,
                   BuildParts(experiment, context, Opening::kSkip));
  RETURN_IF_ERROR(CheckParts(experiment, parts));
  std::set<std::string> metrics = PublishedMetrics(parts);
  metrics.insert({"examples_per_second", "memory_mib"});
  if (metrics.contains(FLAGS_metric)) return absl::OkStatus();
  return Invalid(absl::StrCat("--metric must be one that is published, of ",
                              absl::StrJoin(metrics, ", ")),
                 FLAGS_metric);
}

absl::StatusOr<std::vector<uint64_t>> ParseSeeds(const std::string& text) {
  std::vector<uint64_t> seeds;
  for (const auto part : absl::StrSplit(text, ',')) {
    if (!absl::SimpleAtoi(part, &seeds.emplace_back())) {
      return Invalid("--seeds must be numbers separated by commas", text);
    }
  }
  return seeds;
}

// The experiment and its changes as one text, to tell another sweep by.
absl::StatusOr<std::string> TextOf(const Sweep& sweep) {
  ASSIGN_OR_RETURN(std::string text, ReadTextFile(UserPath(FLAGS_experiment)));
  for (const std::string& change : sweep.changes) {
    absl::StrAppend(&text, "# --set=", change, "\n");
  }
  return text;
}

absl::Status PrepareFolder(const Sweep& sweep) {
  ASSIGN_OR_RETURN(const std::string text, TextOf(sweep));
  const std::string path = sweep.folder + "/sweep.textproto";
  if (fs::exists(path)) {
    ASSIGN_OR_RETURN(const std::string before, ReadTextFile(path));
    if (before == text) return absl::OkStatus();
    return Invalid(absl::StrCat(sweep.folder,
                                ": holds runs of another experiment or --set"));
  }
  std::error_code error;
  fs::create_directories(sweep.folder, error);
  std::ofstream file(path);
  file << text << std::flush;
  if (file) return absl::OkStatus();
  return absl::UnavailableError(path + ": can't be written");
}

// The program that runs one experiment; it lies beside this one.
std::string TrainProgram() {
  return fs::read_symlink("/proc/self/exe").parent_path() / "train";
}

// Runs to the end, unless an earlier sweep did; the metric.
absl::StatusOr<double> RunOne(const Sweep& sweep, const std::string& variant,
                              uint64_t seed) {
  const std::string folder =
      absl::StrCat(sweep.folder, "/", FolderName(variant), "/seed_", seed);
  const std::string finished = folder + "/finished";
  fs::create_directories(folder);
  std::vector<std::string> arguments = {TrainProgram(), "--run_dir=" + folder,
                                        "--data=" + FLAGS_data,
                                        "--load=" + FLAGS_load};
  if (fs::exists(folder + "/experiment.textproto")) {
    arguments.push_back("--resume");
  } else {
    arguments.push_back("--experiment=" + FLAGS_experiment);
    for (const std::string& change : sweep.changes) {
      arguments.push_back("--set=" + change);
    }
    if (!variant.empty()) arguments.push_back("--set=" + variant);
    arguments.push_back(absl::StrCat("--set=seed: ", seed));
  }
  if (!fs::exists(finished)) {
    RETURN_IF_ERROR(RunProgram(arguments, folder + "/output.txt"));
    std::ofstream(finished).flush();
  }
  const std::optional<double> value = LastMetric(folder, FLAGS_metric);
  if (value.has_value()) return *value;
  return absl::NotFoundError(absl::StrCat(
      folder, "/metrics.jsonl: has no finite \"", FLAGS_metric, "\""));
}

// "0.9833 0.9861", mean and sample deviation ("-" of a single value).
std::string Row(const std::vector<double>& values) {
  std::string row;
  for (const double value : values)
    absl::StrAppendFormat(&row, "%10.4f", value);
  const auto count = static_cast<double>(values.size());
  const double mean =
      std::accumulate(values.begin(), values.end(), 0.0) / count;
  absl::StrAppendFormat(&row, "%10.4f", mean);
  if (values.size() == 1) return row + "         -";
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  absl::StrAppendFormat(&row, "%10.4f", std::sqrt(squares / (count - 1)));
  return row;
}

absl::Status Run(const Sweep& sweep) {
  RETURN_IF_ERROR(PrepareFolder(sweep));
  size_t width = FLAGS_metric.size();
  for (const std::string& variant : sweep.variants) {
    width = std::max(width, FolderName(variant).size());
  }
  const int column = static_cast<int>(width);
  std::cout << absl::StreamFormat("%-*s", column, FLAGS_metric);
  for (const uint64_t seed : sweep.seeds) {
    std::cout << absl::StreamFormat("%10s", absl::StrCat("seed ", seed));
  }
  std::cout << "      mean deviation\n";
  for (const std::string& variant : sweep.variants) {
    std::vector<double> values;
    for (const uint64_t seed : sweep.seeds) {
      ASSIGN_OR_RETURN(values.emplace_back(), RunOne(sweep, variant, seed));
    }
    std::cout << absl::StreamFormat("%-*s", column, FolderName(variant))
              << Row(values) << std::endl;
  }
  return absl::OkStatus();
}

absl::Status Main(const std::vector<std::string>& changes,
                  const std::vector<std::string>& variants) {
  if (FLAGS_experiment.empty()) return Invalid("--experiment must be given");
  if (FLAGS_out.empty()) return Invalid("--out must be given");
  Sweep sweep = {UserPath(FLAGS_out), changes, variants, /*seeds=*/{}};
  if (sweep.variants.empty()) sweep.variants.emplace_back();
  RETURN_IF_ERROR(CheckFolders(sweep.variants));
  for (const std::string& variant : sweep.variants) {
    if (!FLAGS_load.empty()) break;
    RETURN_IF_ERROR(AtPlace(CheckVariant(sweep, variant), FolderName(variant)));
  }
  ASSIGN_OR_RETURN(sweep.seeds, ParseSeeds(FLAGS_seeds));
  return Run(sweep);
}

}  // namespace
}  // namespace toque

int main(int argc, char** argv) {
  const auto variants = toque::TakeRepeatedFlag("vary", &argc, argv);
  return toque::ToolMainWithChanges(
      toque::kUsage, argc, argv,
      [&](const auto& changes) { return toque::Main(changes, variants); });
}
