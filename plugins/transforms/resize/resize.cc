#include <algorithm>

#include "framework/core/option_checks.h"
#include "framework/core/transform.h"
#include "framework/shared/extent.h"
#include "framework/shared/image_filter.h"
#include "plugins/transforms/resize/resize.pb.h"

namespace toque {
namespace {

struct Resize : ImageTransform<Extent> {
  explicit Resize(const recipe::Resize& options) : options(options) {}

  Extent Draw(const Image& image, Rng&) const override {
    if (!options.has_size()) return {options.height(), options.width()};
    const bool upright = image.width() <= image.height();
    int64_t short_side = options.size();
    int64_t long_side = short_side * std::max(image.height(), image.width()) /
                        std::min(image.height(), image.width());
    if (options.has_max_size() && long_side > options.max_size()) {
      short_side =
          std::max<int64_t>(options.max_size() * short_side / long_side, 1);
      long_side = options.max_size();
    }
    return upright ? Extent{long_side, short_side}
                   : Extent{short_side, long_side};
  }

  absl::Status Change(Image& image, Extent extent) const override {
    image.Resize(extent.height, extent.width, FilterOf(options.filter()),
                 options.antialias());
    return absl::OkStatus();
  }

  recipe::Resize options;
};

Made<Transform> MakeResize(const recipe::Resize& options) {
  RETURN_IF_ERROR(CheckExtent(options));
  if (options.has_max_size()) {
    if (!options.has_size()) {
      return Invalid("max_size must stand with size, not with height");
    }
    RETURN_IF_ERROR(
        Between("max_size", options.max_size(), options.size() + 1, kMaxSide));
  }
  return std::make_unique<Resize>(options);
}

TOQUE_PLUGIN(MakeResize);

}  // namespace
}  // namespace toque
