#include <algorithm>
#include <cmath>

#include "framework/codec/codec.h"
#include "framework/core/option_checks.h"
#include "framework/core/transform.h"
#include "framework/shared/extent.h"
#include "framework/shared/image_filter.h"
#include "plugins/transforms/random_resized_crop/random_resized_crop.pb.h"

namespace toque {
namespace {

struct RandomResizedCrop : ImageTransform<Region> {
  explicit RandomResizedCrop(const recipe::RandomResizedCrop& options)
      : options(options),
        extent(ExtentOf(options)),
        log_ratio_min(std::log(options.ratio_min())),
        log_ratio_max(std::log(options.ratio_max())) {}

  Region Draw(const Image& image, Rng& rng) const override {
    const int64_t height = image.height();
    const int64_t width = image.width();
    for (int draw = 0; draw < 10; ++draw) {
      const double area = static_cast<double>(height * width) *
                          rng.Uniform(options.scale_min(), options.scale_max());
      const double ratio = std::exp(rng.Uniform(log_ratio_min, log_ratio_max));
      const int64_t w = WholePixels(std::sqrt(area * ratio));
      const int64_t h = WholePixels(std::sqrt(area / ratio));
      if (w < 1 || w > width || h < 1 || h > height) continue;
      const int64_t top = rng.Below(height - h + 1);
      return {top, rng.Below(width - w + 1), h, w};
    }
    return Central(static_cast<double>(height), static_cast<double>(width));
  }

  Region Central(double height, double width) const {
    const double ratio =
        std::clamp(width / height, options.ratio_min(), options.ratio_max());
    // An aspect out of range shortens the longer side.
    const int64_t h = std::max<int64_t>(
        WholePixels(width / height < ratio ? width / ratio : height), 1);
    const int64_t w = std::max<int64_t>(
        WholePixels(width / height > ratio ? height * ratio : width), 1);
    return {(static_cast<int64_t>(height) - h) / 2,
            (static_cast<int64_t>(width) - w) / 2, h, w};
  }

  absl::Status Change(Image& image, Region part) const override {
    image.Crop(part.top, part.left, part.height, part.width);
    image.Resize(extent.height, extent.width, FilterOf(options.filter()),
                 options.antialias());
    return absl::OkStatus();
  }

  recipe::RandomResizedCrop options;
  Extent extent;
  double log_ratio_min;
  double log_ratio_max;
};

Made<Transform> MakeRandomResizedCrop(
    const recipe::RandomResizedCrop& options) {
  RETURN_IF_ERROR(Together(
      {CheckExtent(options), Between("scale_min", options.scale_min(), 0, 1),
       Between("scale_max", options.scale_max(), options.scale_min(), 1),
       Above("ratio_min", options.ratio_min(), 0),
       AtLeast("ratio_max", options.ratio_max(), options.ratio_min())}));
  return std::make_unique<RandomResizedCrop>(options);
}

TOQUE_PLUGIN(MakeRandomResizedCrop);

}  // namespace
}  // namespace toque
