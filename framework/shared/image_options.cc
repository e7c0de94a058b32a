#include "framework/shared/image_options.h"

#include "framework/core/option_checks.h"

namespace toque {

absl::StatusOr<ImageOptions> ImageOptionsOf(const toque::Decoding& decoding) {
  RETURN_IF_ERROR(AtLeast("decoding.max_pixels", decoding.max_pixels(), 1));
  if (decoding.channels() != 1 && decoding.channels() != 3) {
    return Invalid("decoding.channels must be 1 or 3", decoding.channels());
  }
  return ImageOptions{.max_pixels = decoding.max_pixels(),
                      .channels = decoding.channels(),
                      .scaled_decoding = decoding.scaled()};
}

}  // namespace toque
