#include <algorithm>
#include <array>
#include <utility>

#include "framework/augment/colour.h"
#include "framework/augment/edit.h"
#include "framework/core/option_checks.h"
#include "framework/core/transform.h"
#include "plugins/transforms/color_jitter/color_jitter.pb.h"

namespace toque {
namespace {

// Far above what leaves anything of a picture, and no float overflows.
constexpr double kMost = 1000;

using Adjust = void (*)(const EditablePixels& pixels, double amount);

struct Adjustment {
  Adjust adjust = nullptr;
  double amount = 0;
};

// In the order in which they are made; those without `adjust` are left out.
using Adjustments = std::array<Adjustment, 4>;

class ColorJitter : public ImageTransform<Adjustments> {
 public:
  explicit ColorJitter(const recipe::ColorJitter& options)
      : options_(options) {}

  Adjustments Draw(const Image&, Rng& rng) const override {
    if (!rng.Chance(options_.probability())) return {};
    Adjustments drawn = {
        DrawFactor(AdjustBrightness, options_.brightness(), rng),
        DrawFactor(AdjustContrast, options_.contrast(), rng),
        DrawFactor(AdjustSaturation, options_.saturation(), rng),
        DrawTurn(rng),
    };
    for (size_t left = drawn.size(); left > 1; --left) {
      std::swap(
          drawn[left - 1],
          drawn[static_cast<size_t>(rng.Below(static_cast<int64_t>(left)))]);
    }
    return drawn;
  }

  absl::Status Change(Image& image, Adjustments drawn) const override {
    RETURN_IF_ERROR(NeedsGreyOrRgb(image));
    const bool changes =
        std::any_of(drawn.begin(), drawn.end(),
                    [](const Adjustment& one) { return one.adjust; });
    if (!changes) return absl::OkStatus();
    ASSIGN_OR_RETURN(const EditablePixels pixels, image.Edit());
    for (const Adjustment& one : drawn) {
      if (one.adjust) one.adjust(pixels, one.amount);
    }
    return absl::OkStatus();
  }

 private:
  static Adjustment DrawFactor(Adjust adjust, double range, Rng& rng) {
    const double factor = rng.Uniform(std::max(1 - range, 0.0), 1 + range);
    return {range > 0 ? adjust : nullptr, factor};
  }

  Adjustment DrawTurn(Rng& rng) const {
    const double turn = rng.Uniform(-options_.hue(), options_.hue());
    return {options_.hue() > 0 ? AdjustHue : nullptr, turn};
  }

  const recipe::ColorJitter options_;
};

Made<Transform> MakeColorJitter(const recipe::ColorJitter& options) {
  RETURN_IF_ERROR(Together({
      Between("brightness", options.brightness(), 0, kMost),
      Between("contrast", options.contrast(), 0, kMost),
      Between("saturation", options.saturation(), 0, kMost),
      Between("hue", options.hue(), 0, 0.5),
      Between("probability", options.probability(), 0, 1),
  }));
  return std::make_unique<ColorJitter>(options);
}

TOQUE_PLUGIN(MakeColorJitter);

}  // namespace
}  // namespace toque
