// Lists runs, compares two, and plots their curves.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "framework/command/flags.h"
#include "framework/command/tool.h"
#include "framework/config/config.h"
#include "framework/plot/plot.h"
#include "framework/shared/watched_metric.h"
#include "gflags/gflags.h"
#include "nlohmann/json.hpp"
#include "tools/experiment_fields.h"
#include "tools/metrics_file.h"
#include "tools/text_table.h"

DEFINE_string(metric, "",
              "Metrics, separated by commas (default: list takes "
              "loss/train,loss/eval,accuracy/eval,accuracy/test, plot "
              "loss/train,loss/eval).");
DEFINE_string(output, "", "plot: the picture, a .png or .svg.");

namespace toque {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr char kUsage[] = R"(Looks at runs and what came of them:

  runs plot --metric=loss/train,loss/eval --output=curves.png runs/digits/*

  list [FOLDER]    the runs in a folder (default: runs) and in those in it, with
                   the last value of each metric; finished, stopped by a hook,
                   interrupted by a signal, or not finished: going on or killed
  compare RUN RUN  the options that differ, and the metrics side by side; the
                   best of a loss or error is its smallest value, that of any
                   other metric its largest
  plot RUN...      the curves of all runs in one picture
)";

std::vector<std::string> MetricsOr(std::string_view defaults) {
  return absl::StrSplit(FLAGS_metric.empty() ? View(defaults) : FLAGS_metric,
                        ',');
}

std::string Last(const Curves& curves, const std::string& name) {
  const auto curve = curves.find(name);
  if (curve == curves.end()) return "-";
  return absl::StrCat(curve->second.back().second);
}

// The smallest of a loss or an error, the largest of anything else.
std::string Best(const Curves& curves, const std::string& name) {
  const auto curve = curves.find(name);
  if (curve == curves.end()) return "-";
  std::vector<double> values;
  for (const auto& [step, value] : curve->second) values.push_back(value);
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  return absl::StrCat(LessIsBetter(name) ? *least : *most);
}

// Not a rate or a speed.
bool IsMetric(const std::string& name) {
  return absl::StrContains(name, "/") && !absl::StartsWith(name, "lr/");
}

bool IsRun(const fs::path& folder) {
  return fs::exists(folder / "experiment.textproto");
}

absl::StatusOr<std::vector<fs::path>> RunsIn(const std::string& folder) {
  std::vector<fs::path> runs;
  if (IsRun(folder)) runs.emplace_back(folder);
  std::error_code error;
  auto entry = fs::recursive_directory_iterator(folder, error);
  for (; !error && entry != fs::recursive_directory_iterator();
       entry.increment(error)) {
    if (!entry->is_directory() || !IsRun(entry->path())) continue;
    runs.push_back(entry->path());
    entry.disable_recursion_pending();
  }
  if (runs.empty()) return absl::NotFoundError(folder + ": holds no run");
  std::sort(runs.begin(), runs.end());
  return runs;
}

// environment.json; an empty object where it can't be read.
json EnvironmentOf(const fs::path& run) {
  std::ifstream file(run / "environment.json");
  json object = json::parse(file, /*cb=*/nullptr, /*allow_exceptions=*/false);
  return object.is_object() ? object : json::object();
}

// When it was started for the first time.
std::string Started(const json& environment) {
  const auto started = environment.find("started");
  if (started == environment.end() || !started->is_array() ||
      started->empty()) {
    return "-";
  }
  const json& first = started->front();
  return first.is_string() ? first.get<std::string>() : "-";
}

// "finished", "stopped" by a hook, "interrupted", or "not finished": it goes on
// or was killed.
std::string StateOf(const json& environment) {
  const auto end = environment.find("end");
  if (end == environment.end() || !end->is_string()) return "not finished";
  // Without the reason, which is long.
  const auto text = end->get<std::string>();
  return text.substr(0, text.find(':'));
}

absl::Status List(const std::string& folder) {
  ASSIGN_OR_RETURN(const auto runs, RunsIn(folder));
  const std::vector<std::string> metrics =
      MetricsOr("loss/train,loss/eval,accuracy/eval,accuracy/test");
  std::vector<std::string> header = {"run", "started", "state", "steps"};
  header.insert(header.end(), metrics.begin(), metrics.end());
  TextTable table(header);
  for (const fs::path& run : runs) {
    const Curves curves = ReadCurves(run).value_or(Curves());
    const json environment = EnvironmentOf(run);
    std::vector<std::string> row = {fs::relative(run, folder),
                                    Started(environment), StateOf(environment),
                                    Last(curves, "step")};
    for (const auto& metric : metrics) row.push_back(Last(curves, metric));
    table.Add(row);
  }
  std::cout << table.Text();
  return absl::OkStatus();
}

absl::StatusOr<std::map<std::string, std::string>> OptionsOf(
    const std::string& run) {
  ASSIGN_OR_RETURN(const Experiment experiment,
                   LoadExperiment(run + "/experiment.textproto"));
  return FieldsOf(experiment);
}

// All keys of both maps.
template <typename Map>
std::set<std::string> KeysOf(const Map& first, const Map& second) {
  std::set<std::string> keys;
  for (const Map* map : {&first, &second}) {
    for (const auto& [key, value] : *map) keys.insert(key);
  }
  return keys;
}

absl::Status CompareOptions(const std::string& first,
                            const std::string& second) {
  ASSIGN_OR_RETURN(auto a, OptionsOf(first));
  ASSIGN_OR_RETURN(auto b, OptionsOf(second));
  bool equal = true;
  for (const std::string& option : KeysOf(a, b)) {
    const std::string left = a.contains(option) ? a[option] : "-";
    const std::string right = b.contains(option) ? b[option] : "-";
    if (left == right) continue;
    // No table: some values are long.
    std::cout << absl::StreamFormat("%-32s %s | %s\n", option, left, right);
    equal = false;
  }
  if (equal) std::cout << "All options are equal.\n";
  return absl::OkStatus();
}

absl::Status CompareMetrics(const std::string& first,
                            const std::string& second) {
  ASSIGN_OR_RETURN(const Curves a, ReadCurves(first));
  ASSIGN_OR_RETURN(const Curves b, ReadCurves(second));
  TextTable table(
      {"metric", "first last", "second last", "first best", "second best"});
  for (const std::string& name : KeysOf(a, b)) {
    if (!IsMetric(name)) continue;
    table.Add(
        {name, Last(a, name), Last(b, name), Best(a, name), Best(b, name)});
  }
  std::cout << "\n" << table.Text();
  return absl::OkStatus();
}

absl::Status Plot(const std::vector<std::string>& runs) {
  if (FLAGS_output.empty()) return Invalid("--output must be given");
  Chart chart;
  const auto metrics = MetricsOr("loss/train,loss/eval");
  chart.title = absl::StrJoin(metrics, ", ");
  chart.x_label = "step";
  for (const std::string& run : runs) {
    ASSIGN_OR_RETURN(const Curves curves, ReadCurves(UserPath(run)));
    for (const std::string& metric : metrics) {
      const auto curve = curves.find(metric);
      if (curve == curves.end()) continue;
      const std::string name =
          runs.size() == 1 ? metric : absl::StrCat(run, " ", metric);
      chart.series.push_back({name, curve->second});
    }
  }
  if (chart.series.empty()) {
    return Invalid("--metric must name a metric of one of the runs",
                   absl::StrJoin(metrics, ","));
  }
  return DrawChart(chart, UserPath(FLAGS_output));
}

absl::Status Main(const std::vector<std::string>& words) {
  const std::string command = words.empty() ? "" : words[0];
  if (command == "list" && words.size() <= 2) {
    return List(UserPath(words.size() == 2 ? words[1] : "runs"));
  }
  if (command == "compare" && words.size() == 3) {
    const std::string first = UserPath(words[1]);
    const std::string second = UserPath(words[2]);
    RETURN_IF_ERROR(CompareOptions(first, second));
    return CompareMetrics(first, second);
  }
  if (command == "plot" && words.size() >= 2) {
    return Plot({words.begin() + 1, words.end()});
  }
  return Invalid(
      "the arguments must be list, compare or plot and their runs; see --help");
}

}  // namespace
}  // namespace toque

int main(int argc, char** argv) {
  return toque::ToolMain(toque::kUsage, argc, argv, toque::Main);
}
