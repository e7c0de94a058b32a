// Late fusion of runs.

#include <charconv>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <system_error>

#include "ATen/core/Tensor.h"
#include "absl/strings/str_format.h"
#include "framework/command/flags.h"
#include "framework/command/tool.h"
#include "gflags/gflags.h"
#include "nlohmann/json.hpp"
#include "tools/fusion.h"
#include "tools/score_file.h"
#include "tools/text_table.h"

DEFINE_string(average, "probabilities",
              "What is averaged: probabilities, or the scores themselves.");
DEFINE_string(names, "name",
              "Examples are one where their names are equal: name as they "
              "are, stem without folder and extension.");
DEFINE_bool(json, false, "Prints JSON.");

namespace toque {
namespace {

constexpr char kUsage[] = R"(Averages what two or more runs say of each example,
as two-stream networks do, and prints the accuracy of each and of all together:

  evaluate --run_dir=runs/rgb --scores=runs/rgb/scores.safetensors
  evaluate --run_dir=runs/flow --scores=runs/flow/scores.safetensors
  fuse_scores --run=runs/rgb:1 --run=runs/flow:1.5

  --run=PATH[:WEIGHT]
      A file that evaluate --scores wrote, or a folder with scores.safetensors
      in it; the weight is above 0 and 1 where it isn't given. At least twice.
)";

// "runs/rgb:1.5"; a colon that no number follows is part of the path.
absl::StatusOr<Fused> FusedOf(const std::string& text) {
  Fused run;
  std::string path = text;
  const size_t colon = text.rfind(':');
  if (colon != std::string::npos) {
    const char* end = text.data() + text.size();
    const auto [rest, fault] =
        std::from_chars(text.data() + colon + 1, end, run.weight);
    const bool number = fault == std::errc() && rest == end;
    if (number) path = text.substr(0, colon);
    if (!number) run.weight = 1;
  }
  if (!(run.weight > 0) || std::isinf(run.weight)) {
    return Invalid("--run: the weight must be finite and above 0", text);
  }
  run.name = path;
  path = UserPath(path);
  if (std::filesystem::is_directory(path)) path += "/scores.safetensors";
  ASSIGN_OR_RETURN(run.file, ScoreFile::Read(path));
  return run;
}

struct Row {
  std::string name;
  double weight;
  Figures figures;
};

void Print(const std::vector<Row>& rows) {
  TextTable table({"run", "weight", "accuracy", "mean class accuracy"});
  for (const auto& [name, weight, figures] : rows) {
    table.Add({name, absl::StrCat(weight),
               absl::StrFormat("%.2f%%", 100 * figures.accuracy),
               absl::StrFormat("%.2f%%", 100 * figures.mean_class_accuracy)});
  }
  std::cout << table.Text();
}

void PrintJson(const std::vector<Row>& rows) {
  nlohmann::json all;
  for (const auto& [name, weight, figures] : rows) {
    nlohmann::json object = {
        {"accuracy", figures.accuracy},
        {"mean_class_accuracy", figures.mean_class_accuracy}};
    if (&name == &rows.back().name) {
      all["fused"] = std::move(object);
      continue;
    }
    object["run"] = name;
    object["weight"] = weight;
    all["runs"].push_back(std::move(object));
  }
  std::cout << all.dump(2, ' ', false, nlohmann::json::error_handler_t::replace)
            << "\n";
}

absl::Status CheckFlags(size_t runs) {
  if (runs < 2) return Invalid("--run must be given at least twice");
  if (FLAGS_average != "probabilities" && FLAGS_average != "scores") {
    return Invalid("--average must be probabilities or scores", FLAGS_average);
  }
  if (FLAGS_names != "name" && FLAGS_names != "stem") {
    return Invalid("--names must be name or stem", FLAGS_names);
  }
  return absl::OkStatus();
}

absl::Status Main(const std::vector<std::string>& texts) {
  RETURN_IF_ERROR(CheckFlags(texts.size()));
  std::vector<Fused> runs;
  std::vector<Row> rows;
  double weights = 0;
  for (const std::string& text : texts) {
    ASSIGN_OR_RETURN(Fused run, FusedOf(text));
    const auto figures = FiguresOf(run.file.scores(), run.file.labels());
    if (!figures.ok()) return AtPlace(figures.status(), run.name);
    rows.push_back({run.name, run.weight, *figures});
    weights += run.weight;
    runs.push_back(std::move(run));
  }
  ASSIGN_OR_RETURN(
      const at::Tensor fused,
      Fuse(runs, FLAGS_names == "name" ? NamedBy::kName : NamedBy::kStem,
           FLAGS_average == "scores" ? FusedAs::kScores
                                     : FusedAs::kProbabilities));
  ASSIGN_OR_RETURN(const Figures figures,
                   FiguresOf(fused, runs[0].file.labels()));
  rows.push_back({"fused", weights, figures});
  FLAGS_json ? PrintJson(rows) : Print(rows);
  return absl::OkStatus();
}

}  // namespace
}  // namespace toque

int main(int argc, char** argv) {
  const auto runs = toque::TakeRepeatedFlag("run", &argc, argv);
  return toque::ToolMain(toque::kUsage, argc, argv,
                         [&runs](const auto& words) -> absl::Status {
                           RETURN_IF_ERROR(toque::CheckNoWords(words));
                           return toque::Main(runs);
                         });
}
