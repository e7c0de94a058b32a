#include "tools/overlay.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace toque {
namespace {

constexpr double kStrongest = 0.75;  // share of the colour
constexpr double kBright = 0.99;     // share of pixels below the strongest

using Colour = std::array<double, 3>;
// At heat 0, 1/4, ... 1.
constexpr std::array<Colour, 5> kColours = {{{40, 11, 84},
                                             {137, 34, 106},
                                             {212, 72, 66},
                                             {251, 153, 6},
                                             {252, 255, 164}}};

Colour ColourOf(double heat) {
  const double place = heat * (kColours.size() - 1);
  const size_t low = std::min(static_cast<size_t>(place), kColours.size() - 2);
  const double share = place - static_cast<double>(low);
  Colour colour = {};
  for (size_t c = 0; c < 3; ++c) {
    colour[c] = kColours[low][c] * (1 - share) + kColours[low + 1][c] * share;
  }
  return colour;
}

// 0..1; all 0 where nothing is above 0.
at::Tensor Scaled(const at::Tensor& heat) {
  const at::Tensor positive =
      heat.to(at::kCPU, at::kDouble).clamp_min(0).contiguous();
  const auto place = static_cast<int64_t>(
      std::ceil(kBright * static_cast<double>(heat.numel())));
  double top =
      std::get<0>(positive.flatten()
                      .sort())[std::clamp<int64_t>(place, 1, heat.numel()) - 1]
          .item<double>();
  if (top == 0) top = positive.max().item<double>();
  return top == 0 ? positive : positive.div(top).clamp_max(1);
}

}  // namespace

Sheet::Picture Overlay(const Sheet::Picture& picture, const at::Tensor& heat) {
  TORCH_CHECK(heat.dim() == 2 && heat.size(0) == picture.height &&
                  heat.size(1) == picture.width,
              "heat must have the picture's size, got ", heat.sizes());
  const at::Tensor scaled = Scaled(heat);
  const double* value = scaled.const_data_ptr<double>();
  Sheet::Picture overlay = picture;
  for (size_t i = 0; i < overlay.pixels.size(); i += 3, ++value) {
    const Colour colour = ColourOf(*value);
    const double share = kStrongest * *value;
    for (size_t c = 0; c < 3; ++c) {
      overlay.pixels[i + c] = static_cast<uint8_t>(
          std::lround(picture.pixels[i + c] * (1 - share) + colour[c] * share));
    }
  }
  return overlay;
}

}  // namespace toque
