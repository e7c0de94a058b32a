#include "tools/metrics_file.h"

#include <fstream>

#include "nlohmann/json.hpp"

namespace toque {

std::optional<double> LastMetric(const std::string& run_folder,
                                 std::string_view name) {
  std::ifstream file(run_folder + "/metrics.jsonl");
  std::optional<double> last;
  for (std::string line; std::getline(file, line);) {
    const auto object = nlohmann::json::parse(line, /*cb=*/nullptr,
                                              /*allow_exceptions=*/false);
    // A line that is only half written is no object.
    if (!object.is_object() || !object.contains(name)) continue;
    const auto& value = object[std::string(name)];
    last = value.is_number() ? std::optional<double>(value) : std::nullopt;
  }
  return last;
}

}  // namespace toque
