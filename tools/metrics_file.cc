#include "tools/metrics_file.h"

#include <fstream>
#include <functional>

#include "nlohmann/json.hpp"

namespace toque {
namespace {

using nlohmann::json;

// Calls `work` with the object of each line; false where there is no file.
bool ForEachLine(const std::string& run_folder,
                 const std::function<void(const json&)>& work) {
  std::ifstream file(run_folder + "/metrics.jsonl");
  if (!file) return false;
  for (std::string line; std::getline(file, line);) {
    const json object = json::parse(line, /*cb=*/nullptr,
                                    /*allow_exceptions=*/false);
    // A line that is only half written is no object.
    if (object.is_object()) work(object);
  }
  return true;
}

}  // namespace

std::optional<double> LastMetric(const std::string& run_folder,
                                 std::string_view name) {
  std::optional<double> last;
  ForEachLine(run_folder, [&](const json& line) {
    const auto value = line.find(name);
    if (value == line.end()) return;
    last = value->is_number() ? std::optional<double>(*value) : std::nullopt;
  });
  return last;
}

absl::StatusOr<Curves> ReadCurves(const std::string& run_folder) {
  Curves curves;
  const bool read = ForEachLine(run_folder, [&curves](const json& line) {
    const auto step = line.find("step");
    if (step == line.end() || !step->is_number()) return;
    for (const auto& [name, value] : line.items()) {
      if (value.is_number()) curves[name].emplace_back(*step, value);
    }
  });
  if (read) return curves;
  return absl::NotFoundError(run_folder + "/metrics.jsonl: can't be read");
}

}  // namespace toque
