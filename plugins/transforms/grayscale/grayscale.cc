#include <algorithm>

#include "framework/augment/colour.h"
#include "framework/augment/edit.h"
#include "framework/core/option_checks.h"
#include "framework/core/transform.h"
#include "plugins/transforms/grayscale/grayscale.pb.h"

namespace toque {
namespace {

// The first channel of each pixel as all channels of `out`.
void Spread(const EditablePixels& in, const EditablePixels& out) {
  const int64_t count = in.height * in.width;
  uint8_t* to = out.data;
  for (int64_t i = 0; i < count; ++i) {
    to = std::fill_n(to, out.channels, in.data[i * in.channels]);
  }
}

struct Grayscale : ImageTransform<bool> {
  Grayscale(double probability, int64_t channels)
      : probability(probability), channels(channels) {}

  bool Draw(const Image&, Rng& rng) const override {
    return rng.Chance(probability);
  }

  absl::Status Change(Image& image, bool grey) const override {
    RETURN_IF_ERROR(NeedsGreyOrRgb(image));
    const int64_t wanted = channels == 0 ? image.channels() : channels;
    if (!grey || (wanted == 1 && image.channels() == 1)) {
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(const EditablePixels pixels, image.Edit());
    AdjustSaturation(pixels, 0);
    if (pixels.channels == wanted) return absl::OkStatus();
    return Redraw(image, wanted, pixels.height, pixels.width, Spread);
  }

  double probability;
  int64_t channels;  // 0: as many as the image has
};

Made<Transform> MakeGrayscale(const recipe::Grayscale& options) {
  RETURN_IF_ERROR(Between("probability", options.probability(), 0, 1));
  if (options.has_channels()) {
    if (options.channels() != 1 && options.channels() != 3) {
      return Invalid("channels must be 1 or 3", options.channels());
    }
    if (options.probability() != 1) {
      return Invalid("with channels, probability must be 1",
                     options.probability());
    }
  }
  return std::make_unique<Grayscale>(options.probability(), options.channels());
}

TOQUE_PLUGIN(MakeGrayscale);

}  // namespace
}  // namespace toque
