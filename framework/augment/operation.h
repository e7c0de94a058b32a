// The operations that RandAugment and TrivialAugment choose from.

#ifndef TOQUE_FRAMEWORK_AUGMENT_OPERATION_H_
#define TOQUE_FRAMEWORK_AUGMENT_OPERATION_H_

#include <cstdint>

#include "framework/augment/resampling.h"
#include "framework/core/rng.h"
#include "framework/image/image.h"
#include "framework/status.h"

namespace toque {

// In torchvision's order. Color is saturation.
enum class Operation {
  kIdentity,
  kShearX,
  kShearY,
  kTranslateX,
  kTranslateY,
  kRotate,
  kBrightness,
  kColor,
  kContrast,
  kSharpness,
  kPosterize,
  kSolarize,
  kAutoContrast,
  kEqualize,
};
inline constexpr int64_t kOperations = 14;

// An operation and how much of it: the tangent of a shear's angle, pixels of a
// translation, degrees of a rotation, what is added to the factor 1 of
// brightness, color, contrast and sharpness, bits that posterize keeps, the
// least level that solarize inverts; nothing for the others.
struct Augmentation {
  Operation operation = Operation::kIdentity;
  double magnitude = 0;
};

// The greatest magnitudes, but of posterize the bits dropped at most. Solarize
// goes down to level 0.
struct Magnitudes {
  double shear = 0;
  double translate_x = 0;
  double translate_y = 0;
  double degrees = 0;
  double factor = 0;
  double bits = 0;
};

// The magnitude of `bin`, one of `bins` that divide 0 to the greatest magnitude
// evenly: torchvision's to within the last bit of single precision. bins must
// be at least 2.
double MagnitudeOf(Operation operation, const Magnitudes& greatest, int64_t bin,
                   int64_t bins);

// Each operation equally likely; up to sharpness, either sign.
Augmentation DrawAugmentation(const Magnitudes& greatest, int64_t bin,
                              int64_t bins, Rng& rng);

// Pictures of 1 or 3 channels, no flow; others are an error whatever the
// operation.
absl::Status Augment(Image& image, const Augmentation& augmentation,
                     const Resampling& resampling);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_AUGMENT_OPERATION_H_
