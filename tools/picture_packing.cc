#include "tools/picture_packing.h"

#include <algorithm>
#include <string>

#include "framework/codec/encode.h"
#include "framework/core/example.h"
#include "framework/core/rng.h"
#include "framework/image/image.h"
#include "tools/shrink.h"

namespace toque {
namespace {

absl::StatusOr<std::string> EncodedPicture(const PicturePacking& options,
                                           Image* image) {
  std::string original;
  const bool shrinks = Shrink(std::max(image->height(), image->width()),
                              options.longest_side, image);
  if (!shrinks) {
    original.assign(image->encoded().begin(), image->encoded().end());
  }
  ASSIGN_OR_RETURN(const EditablePixels pixels, image->Edit());
  if (!original.empty()) return original;
  const PixelView view = {pixels.data, pixels.height, pixels.width,
                          pixels.channels};
  return shrinks ? EncodeJpeg(view, options.quality) : EncodePng(view);
}

absl::StatusOr<PackedExample> Encode(const Dataset& dataset, int64_t index,
                                     const PicturePacking& options) {
  // Keeps its memory from one example to the next.
  thread_local Example example;
  Rng rng(0, 0, static_cast<uint64_t>(index));
  example.index = index;
  RETURN_IF_ERROR(dataset.Read(index, rng, &example));
  if (example.images.size() != 1 ||
      example.target_kind() != TargetKind::kLabel) {
    return Invalid("an example must be a picture, or a clip, with a label");
  }
  PackedExample packed;
  packed.label = example.label();
  for (Image& image : example.images[0]) {
    ASSIGN_OR_RETURN(packed.pictures.emplace_back(),
                     EncodedPicture(options, &image));
  }
  return packed;
}

}  // namespace

EncodeExample PictureEncoder(const Dataset& dataset,
                             const PicturePacking& options) {
  return [&dataset, options](int64_t index) {
    return Encode(dataset, index, options);
  };
}

}  // namespace toque
