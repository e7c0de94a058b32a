// Names of classes, in their order.

#ifndef TOQUE_TOOLS_CLASS_NAMES_H_
#define TOQUE_TOOLS_CLASS_NAMES_H_

#include <string>
#include <vector>

#include "framework/trainer/checkpoint.h"

namespace toque {

// Those of a text, one a line; an error for a blank line that isn't at its end.
absl::StatusOr<std::vector<std::string>> ReadClassNames(
    const std::string& path);
// Those that stand in a checkpoint; empty where there are none.
std::vector<std::string> ClassNamesIn(const Checkpoint& checkpoint);

}  // namespace toque

#endif  // TOQUE_TOOLS_CLASS_NAMES_H_
