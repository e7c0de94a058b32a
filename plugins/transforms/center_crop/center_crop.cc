#include "framework/core/option_checks.h"
#include "framework/core/transform.h"
#include "framework/shared/extent.h"
#include "plugins/transforms/center_crop/center_crop.pb.h"

namespace toque {
namespace {

// Where the middle `size` pixels of a side begin, as torchvision rounds: an odd
// pixel of padding goes to the side's end.
int64_t Offset(int64_t side, int64_t size) {
  if (side < size) return -((size - side) / 2);
  return WholePixels(static_cast<double>(side - size) / 2);
}

// Draws nothing; true for each image.
struct CenterCrop : ImageTransform<bool> {
  CenterCrop(Extent extent, bool pad) : extent(extent), pad(pad) {}

  bool Draw(const Image&, Rng&) const override { return true; }

  absl::Status Change(Image& image, bool) const override {
    if (!pad &&
        (image.height() < extent.height || image.width() < extent.width)) {
      return Invalid("the image must be at least " + TextOf(extent),
                     TextOf({image.height(), image.width()}));
    }
    image.Crop(Offset(image.height(), extent.height),
               Offset(image.width(), extent.width), extent.height,
               extent.width);
    return absl::OkStatus();
  }

  Extent extent;
  bool pad;
};

Made<Transform> MakeCenterCrop(const recipe::CenterCrop& options) {
  RETURN_IF_ERROR(CheckExtent(options));
  return std::make_unique<CenterCrop>(
      ExtentOf(options), options.small() == recipe::CenterCrop::PAD);
}

TOQUE_PLUGIN(MakeCenterCrop);

}  // namespace
}  // namespace toque
