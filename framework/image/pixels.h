// How pixels lie in memory, and what may be asked of them.

#ifndef TOQUE_FRAMEWORK_IMAGE_PIXELS_H_
#define TOQUE_FRAMEWORK_IMAGE_PIXELS_H_

#include <cstdint>

namespace toque {

// Where raw pixels lie. Strides count elements, not bytes.
struct PixelLayout {
  int64_t height = 0;
  int64_t width = 0;
  int64_t channels = 0;
  int64_t row_stride = 0;
  int64_t column_stride = 0;
  int64_t channel_stride = 0;

  // One plane after the other: [channels, height, width].
  static PixelLayout Planar(int64_t channels, int64_t height, int64_t width);
  // Channels of a pixel side by side: [height, width, channels].
  static PixelLayout Interleaved(int64_t channels, int64_t height,
                                 int64_t width);
};

// Bytes that may be changed in place: [height, width, channels], no gaps.
struct EditablePixels {
  uint8_t* data = nullptr;
  int64_t height = 0;
  int64_t width = 0;
  int64_t channels = 0;

  uint8_t* row(int64_t y) const { return data + y * width * channels; }
};

// R, G and B as one luma, as Pillow's "L" (ITU-R 601-2 with 16-bit weights).
inline uint8_t Luma(int red, int green, int blue) {
  return static_cast<uint8_t>(
      (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16);
}

// Type and order of written pixels.
struct PixelForm {
  enum Type { kFloat32, kBfloat16, kUint8 };
  Type type = kFloat32;
  bool interleaved = false;  // [height, width, channels]
  bool operator==(const PixelForm&) const = default;
};

// How a picture is resampled.
enum class Filter { kBilinear, kBicubic, kNearest };

// How encoded pictures are read.
struct ImageOptions {
  // A header that claims more is refused before anything is allocated.
  int64_t max_pixels = int64_t{1} << 26;
  // 3: RGB, grey pictures threefold; 1: luma.
  int64_t channels = 3;
  // Decodes a JPEG at 1/2, 1/4 or 1/8 of its size where what is wanted is
  // smaller still: faster, and other pixels.
  bool scaled_decoding = false;
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_IMAGE_PIXELS_H_
