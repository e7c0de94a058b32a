#include "framework/core/dataset.h"

namespace toque {

absl::StatusOr<std::vector<int64_t>> Dataset::Labels() const {
  return absl::UnimplementedError(
      "the data set must know its labels without reading every example");
}

std::string Dataset::Name(int64_t index) const {
  return absl::StrCat("example ", index);
}

std::string Dataset::File(int64_t) const { return ""; }

}  // namespace toque
