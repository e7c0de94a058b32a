#include "framework/core/transform.h"

namespace toque {

absl::Status NeedsImages() {
  return Invalid("works on images; the example must hold images", "values");
}

}  // namespace toque
