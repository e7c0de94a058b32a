// A picture whose crop, padding, flip and normalisation are noted and done in
// one pass, straight into a batch's memory.

#ifndef TOQUE_FRAMEWORK_IMAGE_IMAGE_H_
#define TOQUE_FRAMEWORK_IMAGE_IMAGE_H_

#include <array>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"

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

// What the numbers mean. Even channels of a flow are its x component, which a
// flip negates; integer pixels hold no motion as half of their greatest value.
enum class Content { kColour, kFlow };

// Up to 16 channels. Values are read as 0..1: integer pixels are divided by
// their greatest value, floats are taken as they are. Sizes are those of the
// picture as changed so far.
class Image {
 public:
  static constexpr int64_t kMaxChannels = 16;

  // Pixels that someone else owns and keeps until the image is written; any
  // change noted before is forgotten. `greatest` is what is read as 1.
  void View(const uint8_t* pixels, const PixelLayout& layout,
            float greatest = 255);
  void View(const uint16_t* pixels, const PixelLayout& layout,
            float greatest = 65535);
  void View(const float* pixels, const PixelLayout& layout);
  // Pixels of the image's own, interleaved, not initialised. The memory is kept
  // for the next use.
  absl::Span<uint8_t> Allocate(int64_t channels, int64_t height, int64_t width);

  int64_t height() const { return window_.height; }
  int64_t width() const { return window_.width; }
  int64_t channels() const { return layout_.channels; }
  int64_t elements() const { return channels() * height() * width(); }
  Content content() const { return content_; }
  void set_content(Content content) { content_ = content; }

  // The window at (top, left) of the given size, which may reach outside: what
  // lies there has the value `fill`, in the units of the picture as it is now.
  // height and width must be at least 1.
  void Crop(int64_t top, int64_t left, int64_t height, int64_t width,
            float fill = 0);
  // Adds `border` pixels of value `fill` on each side; border must not be
  // negative.
  void Pad(int64_t border, float fill = 0);
  // Mirrors left and right.
  void Flip();
  // (value - mean) / std for each channel; one mean and std serve all channels.
  // An error where their number fits neither 1 nor channels().
  absl::Status Normalize(absl::Span<const float> mean,
                         absl::Span<const float> std);

  // Does all that was noted: writes [channels, height, width] to `out`, which
  // has room for elements() values.
  void Write(float* out) const;

 private:
  enum class Type { kUint8, kUint16, kFloat };
  struct Box {
    int64_t top = 0, left = 0, height = 0, width = 0;
  };
  using PerChannel = std::array<float, kMaxChannels>;

  void Reset(Type type, const void* pixels, const PixelLayout& layout,
             float greatest);
  bool ShowsFill() const;
  void CarryOut();
  template <typename Pixel>
  void WriteAs(const Pixel* pixels, float* out) const;
  template <typename Pixel>
  void WriteRow(const Pixel* row, int64_t channel, float* out) const;

  Type type_ = Type::kUint8;
  const void* pixels_ = nullptr;  // null: own_
  PixelLayout layout_;
  Content content_ = Content::kColour;
  std::vector<uint8_t> own_;

  // In the source's coordinates: what is shown, and what of the source may be
  // seen; an earlier crop hides what a later one could reach again.
  Box window_;
  Box visible_;
  bool flipped_ = false;
  // value = pixel * scale + shift, the value outside of visible_, and the pixel
  // that stands for no motion in a flow.
  PerChannel scale_;
  PerChannel shift_;
  PerChannel fill_;
  PerChannel rest_;
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_IMAGE_IMAGE_H_
