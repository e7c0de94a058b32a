#include "framework/augment/colour.h"

#include <algorithm>
#include <array>

#include "framework/augment/blend.h"
#include "framework/image/pixels.h"

namespace toque {
namespace {

// Of a hue of 8 bits: the sixth of the circle that it lies in, and how far.
struct Sector {
  std::array<uint8_t, 3> order;  // which of v, p, q and t red, green, blue are
  float fraction = 0;
};

std::array<Sector, 256> Sectors() {
  constexpr std::array<std::array<uint8_t, 3>, 6> kOrders = {
      {{0, 3, 1}, {2, 0, 1}, {1, 0, 3}, {1, 2, 0}, {3, 1, 0}, {0, 1, 2}}};
  std::array<Sector, 256> sectors;
  for (size_t hue = 0; hue < sectors.size(); ++hue) {
    const double sixths = static_cast<double>(hue) * 6.0 / 255.0;
    const auto sixth = static_cast<size_t>(sixths);
    sectors[hue].order = kOrders[sixth % 6];
    sectors[hue].fraction =
        static_cast<float>(sixths - static_cast<double>(sixth));
  }
  return sectors;
}

// Hue of 8 bits of a colour whose greatest and least channels differ; divisions
// in single, sums in double precision, as Pillow's.
uint8_t HueOf(const uint8_t* rgb, int greatest, int range) {
  const auto part = [&](int channel) {
    return static_cast<double>(static_cast<float>(greatest - rgb[channel]) /
                               static_cast<float>(range));
  };
  double hue = 0;
  if (rgb[0] == greatest) {
    hue = part(2) - part(1);
  } else if (rgb[1] == greatest) {
    hue = 2.0 + part(0) - part(2);
  } else {
    hue = 4.0 + part(1) - part(0);
  }
  const double turns = static_cast<float>(hue) / 6.0 + 1.0;
  const auto fraction = static_cast<float>(turns < 1 ? turns : turns - 1);
  return static_cast<uint8_t>(fraction * 255.0);
}

void TurnHue(uint8_t* rgb, uint8_t turn,
             const std::array<Sector, 256>& sectors) {
  const int greatest = std::max({rgb[0], rgb[1], rgb[2]});
  const int range = greatest - std::min({rgb[0], rgb[1], rgb[2]});
  if (range == 0) return;
  const auto hue = static_cast<uint8_t>(HueOf(rgb, greatest, range) + turn);
  const auto level = static_cast<int>(static_cast<float>(range) /
                                      static_cast<float>(greatest) * 255.0);
  const auto saturation =
      static_cast<double>(static_cast<float>(level / 255.0));
  const double fraction = sectors[hue].fraction;
  const auto scaled = [greatest](double factor) {
    return static_cast<uint8_t>(greatest * factor + 0.5);
  };
  const std::array<uint8_t, 4> levels = {
      static_cast<uint8_t>(greatest), scaled(1.0 - saturation),
      scaled(1.0 - static_cast<float>(saturation * fraction)),
      scaled(1.0 - saturation * (1.0 - fraction))};
  for (size_t c = 0; c < 3; ++c) rgb[c] = levels[sectors[hue].order[c]];
}

}  // namespace

void AdjustSaturation(const EditablePixels& pixels, double factor) {
  if (pixels.channels != 3) return;
  const auto by = static_cast<float>(factor);
  uint8_t* const end = pixels.data + 3 * pixels.height * pixels.width;
  for (uint8_t* rgb = pixels.data; rgb != end; rgb += 3) {
    const int grey = Luma(rgb[0], rgb[1], rgb[2]);
    for (int c = 0; c < 3; ++c) rgb[c] = Blend(grey, rgb[c], by);
  }
}

void AdjustHue(const EditablePixels& pixels, double turn) {
  if (pixels.channels != 3) return;
  static const std::array<Sector, 256> sectors = Sectors();
  const auto steps = static_cast<uint8_t>(static_cast<int>(turn * 255));
  uint8_t* const end = pixels.data + 3 * pixels.height * pixels.width;
  for (uint8_t* rgb = pixels.data; rgb != end; rgb += 3) {
    TurnHue(rgb, steps, sectors);
  }
}

}  // namespace toque
