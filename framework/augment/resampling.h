// The options `filter` and `fill` of transforms that warp.

#ifndef TOQUE_FRAMEWORK_AUGMENT_RESAMPLING_H_
#define TOQUE_FRAMEWORK_AUGMENT_RESAMPLING_H_

#include <array>
#include <cstddef>

#include "absl/types/span.h"
#include "framework/augment/warp.h"
#include "framework/image/image.h"
#include "framework/options.pb.h"
#include "framework/status.h"

namespace toque {

class Resampling {
 public:
  // `fill` is the colour of what lies outside, 0..1: none for black, one for
  // all channels, or one a channel. Errors for BICUBIC and for other colours.
  static absl::StatusOr<Resampling> Of(Interpolation filter,
                                       absl::Span<const float> fill);

  // Replaces the image by one of the given size (its own in the second form)
  // that shows it through `affine` (warp.h). An error for optical flow, whose
  // vectors would have to be turned too, and where `fill` has another number of
  // channels.
  absl::Status Warp(Image& image, const Affine& affine, int64_t height,
                    int64_t width) const;
  absl::Status Warp(Image& image, const Affine& affine) const {
    return Warp(image, affine, image.height(), image.width());
  }

 private:
  Filter filter_ = Filter::kNearest;
  size_t fill_size_ = 0;
  std::array<uint8_t, Image::kMaxChannels> fill_ = {};
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_AUGMENT_RESAMPLING_H_
