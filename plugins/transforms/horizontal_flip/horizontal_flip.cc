#include "framework/core/option_checks.h"
#include "framework/core/transform.h"
#include "plugins/transforms/horizontal_flip/horizontal_flip.pb.h"

namespace toque {
namespace {

struct HorizontalFlip : ImageTransform<bool> {
  explicit HorizontalFlip(double probability) : probability(probability) {}

  bool Draw(const Image&, Rng& rng) const override {
    return rng.Chance(probability);
  }

  absl::Status Change(Image& image, bool flip) const override {
    if (flip) image.Flip();
    return absl::OkStatus();
  }

  double probability;
};

Made<Transform> MakeHorizontalFlip(const recipe::HorizontalFlip& options) {
  RETURN_IF_ERROR(Between("probability", options.probability(), 0, 1));
  return std::make_unique<HorizontalFlip>(options.probability());
}

TOQUE_PLUGIN(MakeHorizontalFlip);

}  // namespace
}  // namespace toque
