#include "framework/core/dataset.h"

namespace toque {

absl::StatusOr<std::vector<int64_t>> Dataset::Labels() const {
  return absl::UnimplementedError(
      "the data set must know its labels without reading every example");
}

}  // namespace toque
