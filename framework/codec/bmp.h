// What the header of a BMP says, for the readers of its two kinds of data.

#ifndef TOQUE_FRAMEWORK_CODEC_BMP_H_
#define TOQUE_FRAMEWORK_CODEC_BMP_H_

#include <array>
#include <cstdint>
#include <vector>

#include "framework/codec/codec.h"

namespace toque {

struct BmpHeader {
  enum Compression { kRgb = 0, kRle8 = 1, kRle4 = 2, kBitfields = 3 };
  int64_t height = 0;
  int64_t width = 0;
  bool top_down = false;
  int bits = 0;  // a pixel
  Compression compression = kRgb;
  size_t pixels = 0;                   // where they begin
  std::array<uint32_t, 3> masks = {};  // of R, G and B in 16 or 32 bits
  std::array<std::array<uint8_t, 4>, 256> palette = {};  // RGBX, black beyond
};

// Indices into the palette of the region of a run-length encoded picture, the
// upper row first. What the runs leave out has index 0.
absl::Status DecodeBmpRuns(absl::Span<const uint8_t> bytes,
                           const BmpHeader& header, const Region& region,
                           std::vector<uint8_t>* indices);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_CODEC_BMP_H_
