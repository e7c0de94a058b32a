#include "framework/augment/operation.h"

#include <cmath>
#include <numbers>

#include "framework/augment/colour.h"
#include "framework/augment/edit.h"
#include "framework/augment/neighbours.h"

namespace toque {
namespace {

constexpr int kMostBits = 8;

// torch.linspace(begin, end, steps)[at], to within its last bit.
double Spaced(double begin, double end, int64_t at, int64_t steps) {
  const auto first = static_cast<float>(begin);
  const auto last = static_cast<float>(end);
  const float step = (last - first) / static_cast<float>(steps - 1);
  return at < steps / 2 ? first + step * static_cast<float>(at)
                        : last - step * static_cast<float>(steps - 1 - at);
}

bool IsSigned(Operation operation) {
  return Operation::kShearX <= operation && operation <= Operation::kSharpness;
}

double Degrees(double tangent) {
  return std::atan(tangent) * (180 / std::numbers::pi);
}

// The operations that warp; shears keep the upper left corner in its place.
absl::Status WarpBy(Image& image, const Augmentation& augmentation,
                    const Resampling& resampling) {
  const double magnitude = augmentation.magnitude;
  const Point center = {static_cast<double>(image.width()) * 0.5,
                        static_cast<double>(image.height()) * 0.5};
  switch (augmentation.operation) {
    case Operation::kShearX:
      return resampling.Warp(image,
                             InverseOf({.shear = {Degrees(magnitude), 0}}, {}));
    case Operation::kShearY:
      return resampling.Warp(image,
                             InverseOf({.shear = {0, Degrees(magnitude)}}, {}));
    case Operation::kTranslateX:
      return resampling.Warp(
          image, InverseOf({.translate = {std::trunc(magnitude), 0}}, center));
    case Operation::kTranslateY:
      return resampling.Warp(
          image, InverseOf({.translate = {0, std::trunc(magnitude)}}, center));
    default:
      return resampling.Warp(
          image,
          Rotated(image.height(), image.width(), magnitude, false).affine);
  }
}

// The operations that work in place.
void Recolour(const EditablePixels& pixels, const Augmentation& augmentation) {
  const double magnitude = augmentation.magnitude;
  switch (augmentation.operation) {
    case Operation::kBrightness:
      return AdjustBrightness(pixels, 1 + magnitude);
    case Operation::kColor:
      return AdjustSaturation(pixels, 1 + magnitude);
    case Operation::kContrast:
      return AdjustContrast(pixels, 1 + magnitude);
    case Operation::kPosterize:
      return Posterize(pixels, static_cast<int>(magnitude));
    case Operation::kSolarize:
      return Solarize(pixels, magnitude);
    case Operation::kAutoContrast:
      return AutoContrast(pixels);
    default:
      return Equalize(pixels);
  }
}

}  // namespace

double MagnitudeOf(Operation operation, const Magnitudes& greatest, int64_t bin,
                   int64_t bins) {
  switch (operation) {
    case Operation::kShearX:
    case Operation::kShearY:
      return Spaced(0, greatest.shear, bin, bins);
    case Operation::kTranslateX:
      return Spaced(0, greatest.translate_x, bin, bins);
    case Operation::kTranslateY:
      return Spaced(0, greatest.translate_y, bin, bins);
    case Operation::kRotate:
      return Spaced(0, greatest.degrees, bin, bins);
    case Operation::kBrightness:
    case Operation::kColor:
    case Operation::kContrast:
    case Operation::kSharpness:
      return Spaced(0, greatest.factor, bin, bins);
    case Operation::kPosterize: {
      const double bins_per_bit = static_cast<double>(bins - 1) / greatest.bits;
      return kMostBits - std::nearbyint(static_cast<float>(bin) /
                                        static_cast<float>(bins_per_bit));
    }
    case Operation::kSolarize:
      return Spaced(255, 0, bin, bins);
    case Operation::kIdentity:
    case Operation::kAutoContrast:
    case Operation::kEqualize:
      break;
  }
  return 0;
}

Augmentation DrawAugmentation(const Magnitudes& greatest, int64_t bin,
                              int64_t bins, Rng& rng) {
  const auto operation = static_cast<Operation>(rng.Below(kOperations));
  const double magnitude = MagnitudeOf(operation, greatest, bin, bins);
  const bool negative = rng.Chance(0.5);
  return {operation, IsSigned(operation) && negative ? -magnitude : magnitude};
}

absl::Status Augment(Image& image, const Augmentation& augmentation,
                     const Resampling& resampling) {
  RETURN_IF_ERROR(NeedsGreyOrRgb(image));
  const Operation operation = augmentation.operation;
  if (operation == Operation::kIdentity) return absl::OkStatus();
  if (operation <= Operation::kRotate) {
    return WarpBy(image, augmentation, resampling);
  }
  if (operation == Operation::kSharpness) {
    return Redraw(image,
                  [&](const EditablePixels& in, const EditablePixels& out) {
                    AdjustSharpness(in, 1 + augmentation.magnitude, out);
                  });
  }
  ASSIGN_OR_RETURN(const EditablePixels pixels, image.Edit());
  Recolour(pixels, augmentation);
  return absl::OkStatus();
}

}  // namespace toque
