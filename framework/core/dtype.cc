#include "framework/core/dtype.h"

#include <algorithm>
#include <vector>

#include "framework/core/registry.h"

namespace toque {

std::string DTypeName(at::ScalarType type) {
  if (type == at::ScalarType::Undefined) return "undefined";
  return c10::getDtypeNames(type).first;
}

absl::StatusOr<at::ScalarType> ParseDType(std::string_view name) {
  const auto& types = c10::getStringToDtypeMap();
  const auto found = types.find(std::string(name));
  if (found != types.end()) return found->second;

  std::vector<std::string> names;
  for (const auto& [known, type] : types) names.push_back(known);
  std::sort(names.begin(), names.end());  // the map has no order
  const std::string nearest = Nearest(name, names);
  return Invalid("must be the name of an element type, such as float32",
                 absl::StrCat("\"", View(name), "\"",
                              nearest.empty() ? "" : "; did you mean ", nearest,
                              nearest.empty() ? "" : "?"));
}

}  // namespace toque
