// Pictures to files.

#ifndef TOQUE_FRAMEWORK_CODEC_ENCODE_H_
#define TOQUE_FRAMEWORK_CODEC_ENCODE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "framework/status.h"

namespace toque {

// Rows of `channels` bytes a pixel (1: grey, 3: RGB), without gaps.
struct PixelView {
  const uint8_t* data = nullptr;
  int64_t height = 0;
  int64_t width = 0;
  int64_t channels = 3;
};

// The bytes of a file. PNG and PPM (PGM of grey) keep each pixel as it is; the
// quality of JPEG is 1 to 100, chroma at half the resolution as usual.
absl::StatusOr<std::string> EncodePng(const PixelView& pixels);
absl::StatusOr<std::string> EncodeJpeg(const PixelView& pixels, int quality);
std::string EncodePnm(const PixelView& pixels);

// Values [channels, height, width] of 0..1 as levels [height, width, channels]
// (recipe R16): times 255, clamped to 0..255 and cut to whole numbers, so that
// 0.999 is 254; what is no number is 0.
std::vector<uint8_t> ToLevels(absl::Span<const float> values, int64_t channels,
                              int64_t height, int64_t width);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_CODEC_ENCODE_H_
