#include "framework/core/dtype.h"
#include "framework/core/transform.h"
#include "plugins/transforms/cast/cast.pb.h"

namespace toque {
namespace {

struct Cast : Transform {
  explicit Cast(at::ScalarType type) : type(type) {}

  absl::Status Apply(Example& example, Rng&) const override {
    if (example.has_images()) {
      return Invalid("works on values; the example must hold values", "images");
    }
    example.values = example.values.to(type);
    return absl::OkStatus();
  }

  at::ScalarType type;
};

Made<Transform> MakeCast(const recipe::Cast& options) {
  return std::make_unique<Cast>(ScalarTypeOf(options.type()));
}

TOQUE_PLUGIN(MakeCast);

}  // namespace
}  // namespace toque
