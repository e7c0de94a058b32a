// Shows, compares, converts and averages files of weights.

#include <filesystem>
#include <iostream>
#include <regex>

#include "framework/command/flags.h"
#include "framework/command/tool.h"
#include "framework/config/config.h"
#include "framework/weights/builtin_weights.h"
#include "gflags/gflags.h"
#include "tools/weights_tool.h"

DEFINE_string(
    match, "",
    "show, compare: only tensors whose name this regular expression is "
    "found in.");
DEFINE_string(options, "",
              "How each file is read, as the fields of `weights` in an "
              "experiment: key, strip_prefix, rename and except.");

namespace toque {
namespace {

constexpr char kUsage[] = R"(Looks into files of weights: safetensors, what
torch.save writes, npz, and checkpoints of runs. Nothing in them is executed.

  weights show resnet20.th
  weights convert resnet20.th resnet20.safetensors \
      --options='strip_prefix: "module."'

A name without slash and dot is that of weights that come with the build.

  show FILE               names, types, shapes and sizes
  compare FILE FILE       what differs; the exit status is 1 where anything does
  convert FILE OUT        under other names or in another format, which the
                          name of OUT tells: .safetensors, .pth or .pt
  average OUT FILE FILE...
                          the mean, computed in float64

OUT must not exist yet.)";

absl::StatusOr<WeightsFile> Read(const std::string& file,
                                 const std::string& text = FLAGS_options) {
  ASSIGN_OR_RETURN(
      const Experiment given,
      ParseExperiment(absl::StrCat("weights { ", text, "\n}"), "--options"));
  Weights options = given.weights();
  if (options.has_file() || options.has_mode()) {
    return Invalid("--options must leave out file and mode", text);
  }
  options.set_file(UserPath(file));
  if (IsBuiltinName(file)) {
    ASSIGN_OR_RETURN(*options.mutable_file(), FindBuiltinWeights(file));
  }
  return ReadRenamed(options);
}

// Leaves the tensors that --match names.
absl::Status Match(const std::vector<WeightsFile*>& files) {
  if (FLAGS_match.empty()) return absl::OkStatus();
  size_t left = 0;
  try {
    const std::regex match(FLAGS_match);
    for (WeightsFile* file : files) {
      std::erase_if(file->tensors, [&](const auto& named) {
        return !std::regex_search(named.first, match);
      });
      left += file->tensors.size();
    }
  } catch (const std::regex_error& error) {
    return Invalid(absl::StrCat("--match must be a regular expression (",
                                error.what(), ")"),
                   FLAGS_match);
  }
  if (left > 0) return absl::OkStatus();
  return Invalid("--match must be found in a name", FLAGS_match);
}

absl::Status Show(const std::string& path) {
  ASSIGN_OR_RETURN(WeightsFile file, Read(path));
  RETURN_IF_ERROR(Match({&file}));
  ShowWeights(file, std::cout);
  return absl::OkStatus();
}

// --options need fit one of the files alone: one may have been saved inside
// DataParallel.
absl::StatusOr<bool> Compare(const std::string& one, const std::string& two) {
  absl::StatusOr<WeightsFile> first = Read(one);
  absl::StatusOr<WeightsFile> second = Read(two);
  if (!first.ok() && second.ok()) first = Read(one, "");
  if (first.ok() && !second.ok()) second = Read(two, "");
  RETURN_IF_ERROR(first.status());
  RETURN_IF_ERROR(second.status());
  RETURN_IF_ERROR(Match({&*first, &*second}));
  return CompareWeights(*first, *second, std::cout);
}

absl::Status WriteNew(const std::string& out, const WeightsFile& file) {
  const std::string path = UserPath(out);
  if (std::filesystem::exists(path)) {
    return AtPlace(Invalid("must not exist yet"), path);
  }
  return WriteWeights(path, file);
}

absl::Status Average(const std::vector<std::string>& words) {
  std::vector<WeightsFile> files;
  for (size_t i = 2; i < words.size(); ++i) {
    ASSIGN_OR_RETURN(files.emplace_back(), Read(words[i]));
  }
  ASSIGN_OR_RETURN(const WeightsFile mean, AverageWeights(files));
  return WriteNew(words[1], mean);
}

// False where files that should be equal are not.
absl::StatusOr<bool> Main(const std::vector<std::string>& words) {
  const std::string command = words.empty() ? "" : words[0];
  if (command == "show" && words.size() == 2) {
    RETURN_IF_ERROR(Show(words[1]));
  } else if (command == "compare" && words.size() == 3) {
    return Compare(words[1], words[2]);
  } else if (command == "convert" && words.size() == 3) {
    ASSIGN_OR_RETURN(const WeightsFile file, Read(words[1]));
    RETURN_IF_ERROR(WriteNew(words[2], file));
  } else if (command == "average" && words.size() >= 4) {
    RETURN_IF_ERROR(Average(words));
  } else {
    return Invalid(
        "the arguments must be show, compare, convert or average and their "
        "files; see --help");
  }
  return true;
}

}  // namespace
}  // namespace toque

int main(int argc, char** argv) {
  return toque::ToolMain(toque::kUsage, argc, argv, toque::Main);
}
