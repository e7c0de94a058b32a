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
  const double probability = options.probability();
  if (!(probability >= 0 && probability <= 1)) {
    return Invalid("probability must be in 0..1", probability);
  }
  return std::make_unique<HorizontalFlip>(probability);
}

TOQUE_PLUGIN(MakeHorizontalFlip);

}  // namespace
}  // namespace toque
