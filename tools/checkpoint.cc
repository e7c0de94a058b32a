// Shows, compares, averages and converts checkpoints.

#include <filesystem>
#include <iostream>

#include "framework/command/flags.h"
#include "framework/command/tool.h"
#include "gflags/gflags.h"
#include "tools/tensor_files.h"

DEFINE_string(match, "",
              "show, compare: only what this regular expression is found in "
              "the name of.");
DEFINE_string(averages, "",
              "convert: ema or swa takes the weights that recipe.Ema or "
              "recipe.Swa has averaged (default: the raw ones).");

namespace toque {
namespace {

constexpr char kUsage[] = R"(Looks into checkpoints and other safetensors files:

  checkpoint show runs/digits/2026-01-31_12-00-00 --match='^model'

A run folder stands for its last checkpoint.

  show FILE               metadata, progress, and a line for each tensor
  compare FILE FILE       what differs; the exit status is 1 where anything does
  average OUT FILE FILE...
                          the mean of the weights, computed in float64; the rest
                          is that of the last file
  convert FILE OUT.safetensors
                          the weights alone, under the names of Python's models
)";

std::string FileOf(const std::string& argument) {
  const std::string path = UserPath(argument);
  if (!std::filesystem::is_directory(path)) return path;
  return path + "/checkpoints/last.safetensors";
}

absl::StatusOr<std::regex> Pattern() {
  try {
    return std::regex(FLAGS_match);
  } catch (const std::regex_error& error) {
    return Invalid(absl::StrCat("--match must be a regular expression (",
                                error.what(), ")"),
                   FLAGS_match);
  }
}

absl::StatusOr<std::string> Averages() {
  if (FLAGS_averages.empty()) return "";
  if (FLAGS_averages == "ema") return "recipe.Ema";
  if (FLAGS_averages == "swa") return "recipe.Swa";
  return Invalid("--averages must be ema or swa", FLAGS_averages);
}

// False where files that should be equal are not.
absl::StatusOr<bool> Main(const std::vector<std::string>& words) {
  const std::string command = words.empty() ? "" : words[0];
  std::vector<std::string> files;
  for (size_t i = 1; i < words.size(); ++i) files.push_back(FileOf(words[i]));
  if (command == "show" && files.size() == 1) {
    ASSIGN_OR_RETURN(const std::regex match, Pattern());
    RETURN_IF_ERROR(ShowTensors(files[0], match, std::cout));
  } else if (command == "compare" && files.size() == 2) {
    ASSIGN_OR_RETURN(const std::regex match, Pattern());
    return CompareTensors(files[0], files[1], match, std::cout);
  } else if (command == "average" && files.size() >= 3) {
    RETURN_IF_ERROR(AverageTensors({files.begin() + 1, files.end()}, files[0]));
  } else if (command == "convert" && files.size() == 2) {
    ASSIGN_OR_RETURN(const std::string averages, Averages());
    RETURN_IF_ERROR(ConvertCheckpoint(files[0], averages, files[1]));
  } else {
    return Invalid(
        "the arguments must be show, compare, average or convert and their "
        "files; see --help");
  }
  return true;
}

}  // namespace
}  // namespace toque

int main(int argc, char** argv) {
  return toque::ToolMain(toque::kUsage, argc, argv, toque::Main);
}
