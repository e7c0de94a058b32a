#include "framework/augment/resampling.h"

#include <cmath>

#include "framework/augment/edit.h"
#include "framework/core/option_checks.h"

namespace toque {

absl::StatusOr<Resampling> Resampling::Of(Interpolation filter,
                                          absl::Span<const float> fill) {
  if (filter == BICUBIC) {
    return Invalid("filter must be NEAREST or BILINEAR", "BICUBIC");
  }
  Resampling resampling;
  resampling.filter_ = filter == NEAREST ? Filter::kNearest : Filter::kBilinear;
  if (fill.size() > resampling.fill_.size()) {
    return Invalid("fill must have at most 16 values", fill.size());
  }
  resampling.fill_size_ = fill.size();
  for (size_t i = 0; i < fill.size(); ++i) {
    RETURN_IF_ERROR(Between("fill", fill[i], 0, 1));
    resampling.fill_[i] = static_cast<uint8_t>(std::lround(fill[i] * 255));
  }
  if (fill.size() == 1) resampling.fill_.fill(resampling.fill_[0]);
  return resampling;
}

absl::Status Resampling::Warp(Image& image, const Affine& affine,
                              int64_t height, int64_t width) const {
  RETURN_IF_ERROR(NeedsColours(image));
  if (fill_size_ > 1 && static_cast<int64_t>(fill_size_) != image.channels()) {
    return Invalid(absl::StrCat("fill must have 1 or ", image.channels(),
                                " values, as the image has channels"),
                   fill_size_);
  }
  return Redraw(image, image.channels(), height, width,
                [&](const EditablePixels& in, const EditablePixels& out) {
                  toque::Warp(in, affine, filter_, fill_.data(), out);
                });
}

}  // namespace toque
