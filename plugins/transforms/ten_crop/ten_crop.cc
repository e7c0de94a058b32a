#include "framework/core/option_checks.h"
#include "framework/core/transform.h"
#include "framework/shared/extent.h"
#include "framework/shared/view_crops.h"
#include "plugins/transforms/ten_crop/ten_crop.pb.h"

namespace toque {
namespace {

constexpr size_t kCrops = 10;

// Where crop 0..4 begins: the corners, and the middle.
int64_t Offset(size_t crop, bool vertical, int64_t free) {
  if (crop == 4) return WholePixels(static_cast<double>(free) / 2);
  return (vertical ? crop / 2 : crop % 2) == 1 ? free : 0;
}

struct TenCrop : Transform {
  TenCrop(Extent extent, bool vertical_flip)
      : extent(extent), vertical_flip(vertical_flip) {}

  absl::Status Apply(Example& example, Rng&) const override {
    if (!example.has_images()) return NeedsImages();
    return SpreadViews(kCrops, &example, [this](auto* views, size_t frame) {
      return Spread(views, frame);
    });
  }

  // Makes the ten views of a frame from the first of them.
  absl::Status Spread(std::vector<Image>* views, size_t frame) const {
    Image& source = views[0][frame];
    const int64_t height = source.height() - extent.height;
    const int64_t width = source.width() - extent.width;
    if (height < 0 || width < 0) {
      return Invalid("the image must be at least " + TextOf(extent),
                     TextOf({source.height(), source.width()}));
    }
    if (vertical_flip && source.content() == Content::kFlow) {
      return Invalid("vertical_flip must be false for optical flow");
    }
    ASSIGN_OR_RETURN(const EditablePixels pixels, source.Edit());
    for (size_t crop = 1; crop < kCrops; ++crop) {
      const int64_t top = Offset(crop % 5, true, height);
      const int64_t left = Offset(crop % 5, false, width);
      const bool flip = crop >= 5;
      Image& view = views[crop][frame];
      CopyPart(pixels, top, flip && !vertical_flip ? width - left : left,
               extent, flip && vertical_flip, &view);
      view.set_content(source.content());
      if (flip && !vertical_flip) view.Flip();
    }
    source.Crop(0, 0, extent.height, extent.width);
    return absl::OkStatus();
  }

  Extent extent;
  bool vertical_flip;
};

Made<Transform> MakeTenCrop(const recipe::TenCrop& options) {
  RETURN_IF_ERROR(CheckExtent(options));
  return std::make_unique<TenCrop>(ExtentOf(options), options.vertical_flip());
}

TOQUE_PLUGIN(MakeTenCrop);

}  // namespace
}  // namespace toque
