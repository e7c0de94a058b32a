#include "absl/container/inlined_vector.h"
#include "framework/augment/operation.h"
#include "framework/augment/resampling.h"
#include "framework/core/option_checks.h"
#include "framework/core/transform.h"
#include "plugins/transforms/rand_augment/rand_augment.pb.h"

namespace toque {
namespace {

// Of a side, what a translation moves by at most.
constexpr double kMostTranslation = 150.0 / 331.0;

// In the order in which they are carried out; no allocation up to four.
using Augmentations = absl::InlinedVector<Augmentation, 4>;

class RandAugment : public ImageTransform<Augmentations> {
 public:
  RandAugment(const recipe::RandAugment& options, const Resampling& resampling)
      : options_(options), resampling_(resampling) {}

  Augmentations Draw(const Image& image, Rng& rng) const override {
    const Magnitudes greatest = {
        .shear = 0.3,
        .translate_x = kMostTranslation * static_cast<double>(image.width()),
        .translate_y = kMostTranslation * static_cast<double>(image.height()),
        .degrees = 30,
        .factor = 0.9,
        .bits = 4};
    Augmentations drawn;
    for (int64_t i = 0; i < options_.num_ops(); ++i) {
      drawn.push_back(DrawAugmentation(greatest, options_.magnitude(),
                                       options_.bins(), rng));
    }
    return drawn;
  }

  absl::Status Change(Image& image, Augmentations drawn) const override {
    for (const Augmentation& augmentation : drawn) {
      RETURN_IF_ERROR(Augment(image, augmentation, resampling_));
    }
    return absl::OkStatus();
  }

 private:
  const recipe::RandAugment options_;
  const Resampling resampling_;
};

Made<Transform> MakeRandAugment(const recipe::RandAugment& options) {
  RETURN_IF_ERROR(Together({AtLeast("num_ops", options.num_ops(), 1),
                            AtLeast("bins", options.bins(), 2)}));
  RETURN_IF_ERROR(
      Between("magnitude", options.magnitude(), 0, options.bins() - 1));
  ASSIGN_OR_RETURN(const Resampling resampling,
                   Resampling::Of(options.filter(), options.fill()));
  return std::make_unique<RandAugment>(options, resampling);
}

TOQUE_PLUGIN(MakeRandAugment);

}  // namespace
}  // namespace toque
