#include <algorithm>

#include "framework/core/option_checks.h"
#include "framework/core/transform.h"
#include "framework/shared/extent.h"
#include "plugins/transforms/random_crop/random_crop.pb.h"

namespace toque {
namespace {

struct Corner {
  int64_t top = 0;
  int64_t left = 0;
};

struct RandomCrop : ImageTransform<Corner> {
  explicit RandomCrop(const recipe::RandomCrop& options)
      : size(options.size()), padding(options.padding()) {}

  Corner Draw(const Image& image, Rng& rng) const override {
    const int64_t top = Offset(image.height(), rng);
    return {top, Offset(image.width(), rng)};
  }

  int64_t Offset(int64_t side, Rng& rng) const {
    const int64_t places = side + 2 * padding - size + 1;
    return rng.Below(std::max<int64_t>(places, 1)) - padding;
  }

  absl::Status Change(Image& image, Corner corner) const override {
    if (std::min(image.height(), image.width()) + 2 * padding < size) {
      return Invalid(
          absl::StrCat("with a padding of ", padding,
                       " the image must be at least ", size, " x ", size),
          absl::StrCat(image.height() + 2 * padding, " x ",
                       image.width() + 2 * padding));
    }
    image.Crop(corner.top, corner.left, size, size);
    return absl::OkStatus();
  }

  int64_t size;
  int64_t padding;
};

Made<Transform> MakeRandomCrop(const recipe::RandomCrop& options) {
  RETURN_IF_ERROR(Given("size", options.has_size()));
  RETURN_IF_ERROR(
      Together({Between("size", options.size(), 1, kMaxSide),
                Between("padding", options.padding(), 0, kMaxSide)}));
  return std::make_unique<RandomCrop>(options);
}

TOQUE_PLUGIN(MakeRandomCrop);

}  // namespace
}  // namespace toque
