#include <cmath>

#include "framework/codec/codec.h"
#include "framework/core/option_checks.h"
#include "framework/core/transform.h"
#include "framework/shared/extent.h"
#include "plugins/transforms/random_erasing/random_erasing.pb.h"

namespace toque {
namespace {

struct Patch {
  Region region;  // empty: nothing is erased
  uint64_t seed = 0;
};

struct RandomErasing : ImageTransform<Patch> {
  explicit RandomErasing(const recipe::RandomErasing& options)
      : options(options),
        log_ratio_min(std::log(options.ratio_min())),
        log_ratio_max(std::log(options.ratio_max())),
        values(options.value().begin(), options.value().end()) {
    if (values.empty()) values.push_back(0);
  }

  Patch Draw(const Image& image, Rng& rng) const override {
    if (!rng.Chance(options.probability())) return {};
    const int64_t height = image.height();
    const int64_t width = image.width();
    for (int draw = 0; draw < 10; ++draw) {
      const double area = static_cast<double>(height * width) *
                          rng.Uniform(options.scale_min(), options.scale_max());
      const double ratio = std::exp(rng.Uniform(log_ratio_min, log_ratio_max));
      const int64_t h = WholePixels(std::sqrt(area * ratio));
      const int64_t w = WholePixels(std::sqrt(area / ratio));
      if (h >= height || w >= width) continue;
      const int64_t top = rng.Below(height - h + 1);
      const int64_t left = rng.Below(width - w + 1);
      return {{top, left, h, w}, rng.Next()};
    }
    return {};
  }

  absl::Status Change(Image& image, Patch patch) const override {
    const Region& part = patch.region;
    const auto count = static_cast<int64_t>(values.size());
    if (count != 1 && count != image.channels()) {
      return Invalid(absl::StrCat("value must have 1 or ", image.channels(),
                                  " values, as the image has channels"),
                     count);
    }
    if (part.height == 0 || part.width == 0) return absl::OkStatus();
    if (options.noise()) {
      image.EraseWithNoise(part, patch.seed);
    } else {
      image.Erase(part, values);
    }
    return absl::OkStatus();
  }

  recipe::RandomErasing options;
  double log_ratio_min;
  double log_ratio_max;
  std::vector<float> values;
};

Made<Transform> MakeRandomErasing(const recipe::RandomErasing& options) {
  RETURN_IF_ERROR(Together(
      {Between("probability", options.probability(), 0, 1),
       Between("scale_min", options.scale_min(), 0, 1),
       Between("scale_max", options.scale_max(), options.scale_min(), 1),
       Above("ratio_min", options.ratio_min(), 0),
       AtLeast("ratio_max", options.ratio_max(), options.ratio_min())}));
  for (const float value : options.value()) {
    if (!std::isfinite(value)) return Invalid("value must be finite", value);
  }
  if (options.noise() && options.value_size() > 0) {
    return Invalid("value must not be given beside noise");
  }
  return std::make_unique<RandomErasing>(options);
}

TOQUE_PLUGIN(MakeRandomErasing);

}  // namespace
}  // namespace toque
