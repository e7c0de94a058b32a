// How a data set's options say that its pictures are read.

#ifndef TOQUE_FRAMEWORK_SHARED_IMAGE_OPTIONS_H_
#define TOQUE_FRAMEWORK_SHARED_IMAGE_OPTIONS_H_

#include <memory>

#include "framework/image/image.h"
#include "framework/image/pixels.h"
#include "framework/image/scan_cache.h"
#include "framework/options.pb.h"
#include "framework/status.h"

namespace toque {

// An error where an option is out of its range; its text begins with `name` and
// a dot.
absl::StatusOr<ImageOptions> ImageOptionsOf(const toque::Decoding& decoding,
                                            std::string_view name = "decoding");

// What decodings of the data set's pictures share; null where options have
// none.
std::unique_ptr<ScanCache> ScanCacheOf(const toque::Decoding& decoding);

// How the pictures of a data set of files are opened.
struct PictureDecoding {
  ImageOptions options;
  std::unique_ptr<ScanCache> cache;

  // Opens `image` on the bytes of the data set's picture `number`; they, and
  // this, outlive its use.
  absl::Status Open(absl::Span<const uint8_t> bytes, int64_t number,
                    Image* image) const;
};

// An error as ImageOptionsOf gives it.
absl::StatusOr<PictureDecoding> PictureDecodingOf(
    const toque::Decoding& decoding, std::string_view name = "decoding");

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_SHARED_IMAGE_OPTIONS_H_
