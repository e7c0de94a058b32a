// What a pack holds of examples that are pictures.

#ifndef TOQUE_TOOLS_PICTURE_PACKING_H_
#define TOQUE_TOOLS_PICTURE_PACKING_H_

#include <cstdint>

#include "framework/core/dataset.h"
#include "tools/packing.h"

namespace toque {

struct PicturePacking {
  // Pictures whose longer side is above it are shrunk to it and encoded as JPEG
  // of this quality; 0: none is.
  int64_t longest_side = 0;
  int quality = 90;
};

// Packs the images that the data set, which outlives it, reads. Each is decoded
// once, so that broken ones are found; those that aren't shrunk keep their
// bytes, and those that have none (pixels of Cifar or Idx) become PNG.
EncodeExample PictureEncoder(const Dataset& dataset,
                             const PicturePacking& options);

}  // namespace toque

#endif  // TOQUE_TOOLS_PICTURE_PACKING_H_
