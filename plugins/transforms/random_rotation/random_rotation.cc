#include "framework/augment/resampling.h"
#include "framework/augment/warp.h"
#include "framework/core/option_checks.h"
#include "framework/core/transform.h"
#include "plugins/transforms/random_rotation/random_rotation.pb.h"

namespace toque {
namespace {

// Draws the angle in degrees.
struct RandomRotation : ImageTransform<double> {
  RandomRotation(const recipe::RandomRotation& options,
                 const Resampling& resampling)
      : degrees(options.degrees()),
        expand(options.expand()),
        resampling(resampling) {}

  double Draw(const Image&, Rng& rng) const override {
    return rng.Uniform(-degrees, degrees);
  }

  absl::Status Change(Image& image, double angle) const override {
    const Rotation rotation =
        Rotated(image.height(), image.width(), angle, expand);
    return resampling.Warp(image, rotation.affine, rotation.height,
                           rotation.width);
  }

  double degrees;
  bool expand;
  Resampling resampling;
};

Made<Transform> MakeRandomRotation(const recipe::RandomRotation& options) {
  RETURN_IF_ERROR(Given("degrees", options.has_degrees()));
  RETURN_IF_ERROR(Between("degrees", options.degrees(), 0, 180));
  ASSIGN_OR_RETURN(const Resampling resampling,
                   Resampling::Of(options.filter(), options.fill()));
  return std::make_unique<RandomRotation>(options, resampling);
}

TOQUE_PLUGIN(MakeRandomRotation);

}  // namespace
}  // namespace toque
