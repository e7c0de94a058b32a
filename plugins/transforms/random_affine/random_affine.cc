#include <cmath>

#include "framework/augment/resampling.h"
#include "framework/augment/warp.h"
#include "framework/core/option_checks.h"
#include "framework/core/transform.h"
#include "plugins/transforms/random_affine/random_affine.pb.h"

namespace toque {
namespace {

double DrawUpTo(double most, Rng& rng) { return rng.Uniform(-most, most); }

class RandomAffine : public ImageTransform<Motion> {
 public:
  RandomAffine(const recipe::RandomAffine& options,
               const Resampling& resampling)
      : options_(options), resampling_(resampling) {}

  Motion Draw(const Image& image, Rng& rng) const override {
    const auto width = static_cast<double>(image.width());
    const auto height = static_cast<double>(image.height());
    Motion motion;
    motion.degrees = DrawUpTo(options_.degrees(), rng);
    motion.translate.x =
        std::round(DrawUpTo(options_.translate_x() * width, rng));
    motion.translate.y =
        std::round(DrawUpTo(options_.translate_y() * height, rng));
    motion.scale = rng.Uniform(options_.scale_min(), options_.scale_max());
    motion.shear.x = DrawUpTo(options_.shear_x(), rng);
    motion.shear.y = DrawUpTo(options_.shear_y(), rng);
    return motion;
  }

  absl::Status Change(Image& image, Motion motion) const override {
    const Point center = {static_cast<double>(image.width()) * 0.5,
                          static_cast<double>(image.height()) * 0.5};
    return resampling_.Warp(image, InverseOf(motion, center));
  }

 private:
  const recipe::RandomAffine options_;
  const Resampling resampling_;
};

Made<Transform> MakeRandomAffine(const recipe::RandomAffine& options) {
  RETURN_IF_ERROR(Together({
      Between("degrees", options.degrees(), 0, 180),
      Between("translate_x", options.translate_x(), 0, 1),
      Between("translate_y", options.translate_y(), 0, 1),
      Between("scale_min", options.scale_min(), 0.001, 1000),
      Between("scale_max", options.scale_max(), options.scale_min(), 1000),
      Within("shear_x", options.shear_x(), 0, 90),
      Within("shear_y", options.shear_y(), 0, 90),
  }));
  ASSIGN_OR_RETURN(const Resampling resampling,
                   Resampling::Of(options.filter(), options.fill()));
  return std::make_unique<RandomAffine>(options, resampling);
}

TOQUE_PLUGIN(MakeRandomAffine);

}  // namespace
}  // namespace toque
