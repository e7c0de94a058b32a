// The changes that are a table of 256 levels.

#include <algorithm>
#include <array>

#include "framework/augment/blend.h"
#include "framework/augment/colour.h"
#include "framework/image/pixels.h"

namespace toque {
namespace {

constexpr int kLevels = 256;

using Table = std::array<uint8_t, kLevels>;
using Histogram = std::array<int64_t, kLevels>;

int64_t SizeOf(const EditablePixels& pixels) {
  return pixels.height * pixels.width * pixels.channels;
}

// level -> level_of(level), alike for all channels.
template <typename LevelOf>
void Map(const EditablePixels& pixels, const LevelOf& level_of) {
  Table table;
  for (int level = 0; level < kLevels; ++level) {
    table[static_cast<size_t>(level)] = static_cast<uint8_t>(level_of(level));
  }
  uint8_t* const end = pixels.data + SizeOf(pixels);
  for (uint8_t* at = pixels.data; at != end; ++at) *at = table[*at];
}

// Each channel by the table that `table_of` makes of its histogram.
template <typename TableOf>
void MapChannels(const EditablePixels& pixels, const TableOf& table_of) {
  uint8_t* const end = pixels.data + SizeOf(pixels);
  for (int64_t c = 0; c < pixels.channels; ++c) {
    Histogram histogram = {};
    for (const uint8_t* at = pixels.data + c; at < end; at += pixels.channels) {
      ++histogram[*at];
    }
    const Table table = table_of(histogram);
    for (uint8_t* at = pixels.data + c; at < end; at += pixels.channels) {
      *at = table[*at];
    }
  }
}

Table Unchanged() {
  Table table;
  for (size_t i = 0; i < table.size(); ++i) table[i] = static_cast<uint8_t>(i);
  return table;
}

Table Stretched(const Histogram& histogram) {
  int low = 0;
  int high = kLevels - 1;
  while (low < high && histogram[static_cast<size_t>(low)] == 0) ++low;
  while (high > low && histogram[static_cast<size_t>(high)] == 0) --high;
  if (high <= low) return Unchanged();
  const double scale = 255.0 / (high - low);
  const double offset = -low * scale;
  Table table;
  for (int level = 0; level < kLevels; ++level) {
    table[static_cast<size_t>(level)] =
        static_cast<uint8_t>(std::clamp(level * scale + offset, 0.0, 255.0));
  }
  return table;
}

Table Equalized(const Histogram& histogram) {
  int64_t sum = 0;
  int64_t last = 0;
  for (const int64_t count : histogram) {
    sum += count;
    if (count != 0) last = count;
  }
  const int64_t step = (sum - last) / (kLevels - 1);
  if (step == 0) return Unchanged();
  Table table;
  int64_t below = step / 2;
  for (size_t level = 0; level < table.size(); ++level) {
    table[level] = static_cast<uint8_t>(std::min<int64_t>(below / step, 255));
    below += histogram[level];
  }
  return table;
}

// The mean luma, rounded.
int MeanLuma(const EditablePixels& pixels) {
  int64_t sum = 0;
  const int64_t count = pixels.height * pixels.width;
  for (int64_t i = 0; i < count; ++i) {
    const uint8_t* pixel = pixels.data + pixels.channels * i;
    sum += pixels.channels == 3 ? Luma(pixel[0], pixel[1], pixel[2]) : *pixel;
  }
  return static_cast<int>(
      static_cast<double>(sum) / static_cast<double>(count) + 0.5);
}

}  // namespace

void AdjustBrightness(const EditablePixels& pixels, double factor) {
  Map(pixels, [by = static_cast<float>(factor)](int level) {
    return Blend(0, level, by);
  });
}

void AdjustContrast(const EditablePixels& pixels, double factor) {
  const int mean = MeanLuma(pixels);
  Map(pixels, [mean, by = static_cast<float>(factor)](int level) {
    return Blend(mean, level, by);
  });
}

void Posterize(const EditablePixels& pixels, int bits) {
  const int mask = ~((1 << (8 - bits)) - 1);
  Map(pixels, [mask](int level) { return level & mask; });
}

void Solarize(const EditablePixels& pixels, double threshold) {
  Map(pixels, [threshold](int level) {
    return level < threshold ? level : kLevels - 1 - level;
  });
}

void AutoContrast(const EditablePixels& pixels) {
  MapChannels(pixels, Stretched);
}

void Equalize(const EditablePixels& pixels) { MapChannels(pixels, Equalized); }

}  // namespace toque
