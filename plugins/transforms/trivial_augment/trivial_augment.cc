#include "framework/augment/operation.h"
#include "framework/augment/resampling.h"
#include "framework/core/option_checks.h"
#include "framework/core/transform.h"
#include "plugins/transforms/trivial_augment/trivial_augment.pb.h"

namespace toque {
namespace {

constexpr Magnitudes kGreatest = {.shear = 0.99,
                                  .translate_x = 32,
                                  .translate_y = 32,
                                  .degrees = 135,
                                  .factor = 0.99,
                                  .bits = 6};

struct TrivialAugment : ImageTransform<Augmentation> {
  TrivialAugment(int64_t bins, const Resampling& resampling)
      : bins(bins), resampling(resampling) {}

  Augmentation Draw(const Image&, Rng& rng) const override {
    const int64_t bin = rng.Below(bins);
    return DrawAugmentation(kGreatest, bin, bins, rng);
  }

  absl::Status Change(Image& image, Augmentation drawn) const override {
    return Augment(image, drawn, resampling);
  }

  int64_t bins;
  Resampling resampling;
};

Made<Transform> MakeTrivialAugment(const recipe::TrivialAugment& options) {
  RETURN_IF_ERROR(AtLeast("bins", options.bins(), 2));
  ASSIGN_OR_RETURN(const Resampling resampling,
                   Resampling::Of(options.filter(), options.fill()));
  return std::make_unique<TrivialAugment>(options.bins(), resampling);
}

TOQUE_PLUGIN(MakeTrivialAugment);

}  // namespace
}  // namespace toque
