#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "framework/codec/codec.h"
#include "framework/core/option_checks.h"
#include "framework/core/transform.h"
#include "framework/shared/extent.h"
#include "framework/shared/image_filter.h"
#include "plugins/transforms/multi_scale_crop/multi_scale_crop.pb.h"

namespace toque {
namespace {

// Places in quarters of what the part leaves free: down, right.
constexpr std::array<std::pair<int64_t, int64_t>, 13> kPlaces = {{{0, 0},
                                                                  {0, 4},
                                                                  {4, 0},
                                                                  {4, 4},
                                                                  {2, 2},
                                                                  {2, 0},
                                                                  {2, 4},
                                                                  {4, 2},
                                                                  {0, 2},
                                                                  {1, 1},
                                                                  {1, 3},
                                                                  {3, 1},
                                                                  {3, 3}}};

struct MultiScaleCrop : ImageTransform<Region> {
  explicit MultiScaleCrop(const recipe::MultiScaleCrop& options)
      : options(options),
        extent(ExtentOf(options)),
        scales(options.scale().begin(), options.scale().end()) {
    if (scales.empty()) scales = {1, 0.875, 0.75, 0.66};
    const auto count = static_cast<int64_t>(scales.size());
    for (int64_t i = 0; i < count; ++i) {
      for (int64_t j = 0; j < count; ++j) {
        if (std::abs(i - j) <= options.max_distort()) pairs.push_back({i, j});
      }
    }
  }

  Region Draw(const Image& image, Rng& rng) const override {
    const int64_t height = image.height();
    const int64_t width = image.width();
    const int64_t short_side = std::min(height, width);
    const auto [i, j] = pairs[static_cast<size_t>(
        rng.Below(static_cast<int64_t>(pairs.size())))];
    const int64_t h = Side(i, short_side, extent.height);
    const int64_t w = Side(j, short_side, extent.width);
    if (options.places() == recipe::MultiScaleCrop::ANYWHERE) {
      const int64_t top = rng.Below(height - h + 1);
      return {top, rng.Below(width - w + 1), h, w};
    }
    const bool five = options.places() == recipe::MultiScaleCrop::FIVE;
    const auto [down, right] =
        kPlaces[static_cast<size_t>(rng.Below(five ? 5 : 13))];
    return {(height - h) / 4 * down, (width - w) / 4 * right, h, w};
  }

  // Never more than the image has, also where it is made equal to `wanted`.
  int64_t Side(int64_t scale, int64_t short_side, int64_t wanted) const {
    const auto side = static_cast<int64_t>(static_cast<double>(short_side) *
                                           scales[static_cast<size_t>(scale)]);
    return std::clamp<int64_t>(std::abs(side - wanted) < 3 ? wanted : side, 1,
                               short_side);
  }

  absl::Status Change(Image& image, Region part) const override {
    image.Crop(part.top, part.left, part.height, part.width);
    image.Resize(extent.height, extent.width, FilterOf(options.filter()),
                 options.antialias());
    return absl::OkStatus();
  }

  recipe::MultiScaleCrop options;
  Extent extent;
  std::vector<double> scales;
  // Of heights and widths, places in `scales`.
  std::vector<std::pair<int64_t, int64_t>> pairs;
};

Made<Transform> MakeMultiScaleCrop(const recipe::MultiScaleCrop& options) {
  RETURN_IF_ERROR(Together({CheckExtent(options),
                            AtLeast("max_distort", options.max_distort(), 0)}));
  for (const double scale : options.scale()) {
    if (!(scale > 0 && scale <= 1)) {
      return Invalid("scale must be above 0 and at most 1", scale);
    }
  }
  return std::make_unique<MultiScaleCrop>(options);
}

TOQUE_PLUGIN(MakeMultiScaleCrop);

}  // namespace
}  // namespace toque
