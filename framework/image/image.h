// A picture that stays encoded, or whoever's it is, until its pixels are
// needed: crop, padding, resizing, flip and normalisation are noted and done in
// one pass, straight into a batch's memory.

#ifndef TOQUE_FRAMEWORK_IMAGE_IMAGE_H_
#define TOQUE_FRAMEWORK_IMAGE_IMAGE_H_

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "framework/codec/codec.h"
#include "framework/image/pixels.h"
#include "framework/status.h"

namespace toque {

class RowWriter;
class ScanCache;
struct Axes;
struct RowValues;

// What the numbers mean. Even channels of a flow are its x component, which a
// flip negates; integer pixels hold no motion as half of their greatest value.
enum class Content { kColour, kFlow };

// Up to 16 channels. Values are read as 0..1: integer pixels are divided by
// their greatest value, floats are taken as they are. Sizes are those of the
// picture as changed so far.
//
// A fault that a change meets (a broken file that must be decoded for it) is
// kept, and Edit and Write give it.
class Image {
 public:
  static constexpr int64_t kMaxChannels = 16;
  using PerChannel = std::array<float, kMaxChannels>;

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

  // The bytes of a file (codec.h), which someone else owns and keeps until the
  // image is written; they stay encoded. Sizes are those of the upright picture
  // (EXIF). An error for what is no picture, and for one that claims more
  // pixels than the options allow.
  absl::Status Open(absl::Span<const uint8_t> bytes,
                    const ImageOptions& options = {});
  // The bytes it was opened on; empty once it has pixels.
  absl::Span<const uint8_t> encoded() const { return encoded_; }
  // Has the decoding of a JPEG file go on from what `cache`, which may be null
  // and outlives the image's use, keeps of picture `number`, and keep what it
  // learns there. Pixels are the same. Until the next Open().
  void UseCache(ScanCache* cache, int64_t number) {
    cache_ = cache;
    number_ = number;
  }
  // Memory for a file's bytes that is kept for the next use; resize and fill
  // it, then Open() it.
  std::vector<uint8_t>& bytes() { return bytes_; }

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
  // Resamples to the given size, at least 1 x 1, as Pillow does (to within a
  // level of 255): a crop before it limits what is looked at, one after it does
  // not. Without `antialias` a shrunk picture looks at as few pixels as an
  // enlarged one.
  void Resize(int64_t height, int64_t width, Filter filter = Filter::kBilinear,
              bool antialias = true);
  // Mirrors left and right.
  void Flip();
  // (value - mean) / std for each channel; one mean and std serve all channels.
  // An error where their number fits neither 1 nor channels().
  absl::Status Normalize(absl::Span<const float> mean,
                         absl::Span<const float> std);
  // Gives the part of the picture that lies in `region` the value of each
  // channel, in the units of the picture as it is now: one for all, or
  // channels() of them.
  void Erase(const Region& region, absl::Span<const float> values);
  // The same with standard normal noise, a value for each pixel and channel,
  // that depends on the seed and the place in the region alone.
  void EraseWithNoise(const Region& region, uint64_t seed);

  // Does what was noted and gives the pixels, interleaved, of the image's own,
  // to be changed in place; 16-bit pixels become 8-bit ones. They are valid
  // until the image is changed. An error for a picture of floats, and after
  // Normalize or Erase.
  absl::StatusOr<EditablePixels> Edit();
  // Replaces the pixels by interleaved ones, and gives the old memory back in
  // `pixels`; for changes that can't be made in place. `pixels` must have
  // channels * height * width elements.
  void Swap(std::vector<uint8_t>& pixels, int64_t channels, int64_t height,
            int64_t width);

  // Does all that was noted: writes [channels, height, width], or [height,
  // width, channels], to `out`, which has room for elements() values of the
  // form's type. Bytes are levels 0..255 of the picture without Normalize.
  absl::Status Write(void* out, PixelForm form) const;
  absl::Status Write(float* out) const { return Write(out, {}); }

  // What Normalize does to a value v of channel c: v * scale[c] + shift[c].
  const PerChannel& scale() const { return scale_; }
  const PerChannel& shift() const { return shift_; }

 private:
  enum class Type { kUint8, kUint16, kFloat, kEncoded };
  struct Resized {
    Region box;  // what is looked at, in the source
    int64_t height = 0;
    int64_t width = 0;
    Filter filter = Filter::kBilinear;
    bool antialias = true;
  };
  struct Erased {
    Region region;
    // A value is values[c] + spread[c] * noise.
    PerChannel values;
    PerChannel spread;
    uint64_t seed = 0;
  };

  void Reset(Type type, const void* pixels, const PixelLayout& layout,
             float greatest);
  bool ShowsFill() const;
  void CarryOut();
  bool FillsAreLevels() const;
  const void* data() const {
    return pixels_ == nullptr ? own_.data() : pixels_;
  }

  // image_write.cc
  bool HasLevels() const;
  RowValues ValuesOf(PixelForm form) const;
  void WritePixels(RowWriter& writer) const;
  template <typename Pixel>
  void WriteAs(const Pixel* pixels, RowWriter& writer) const;
  absl::Status WriteLevels(RowWriter& writer) const;
  Axes AxesOf(const Region& shown, int reduce) const;
  absl::Status WriteResampled(RowWriter& writer, const Region& shown) const;
  void WriteFloats(RowWriter& writer) const;
  template <typename Pixel>
  void ResampleFloats(const Pixel* pixels, float greatest,
                      RowWriter& writer) const;
  void WriteErased(RowWriter& writer, PixelForm form) const;
  Region Shown() const;
  int Reduction(const Region& box) const;
  // image_rows.cc
  absl::Status Produce(const Region& region, int reduce, RowSink sink) const;
  absl::Status DecodeRows(const Region& region, int reduce, RowSink sink) const;
  absl::Status ProduceTurned(const Region& region, int reduce,
                             RowSink sink) const;

  Type type_ = Type::kUint8;
  const void* pixels_ = nullptr;  // null: own_
  PixelLayout layout_;
  float greatest_ = 255;
  absl::Span<const uint8_t> encoded_;
  ImageHeader header_;
  ImageOptions options_;
  ScanCache* cache_ = nullptr;
  int64_t number_ = 0;  // in cache_
  Content content_ = Content::kColour;
  std::vector<uint8_t> own_;
  std::vector<uint8_t> bytes_;
  absl::Status fault_;

  std::optional<Resized> resized_;
  // In the coordinates of the resized picture, or of the source: what is shown,
  // and what may be seen; an earlier crop hides what a later one could reach
  // again.
  Region window_;
  Region visible_;
  bool flipped_ = false;
  bool negated_ = false;  // x of a flow
  // What Normalize does, and the normalised value outside of visible_.
  PerChannel scale_;
  PerChannel shift_;
  PerChannel fill_;
  float rest_ = 0;  // no motion of a flow, before Normalize
  std::vector<Erased> erased_;
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_IMAGE_IMAGE_H_
