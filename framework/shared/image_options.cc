#include "framework/shared/image_options.h"

#include "framework/core/option_checks.h"

namespace toque {

absl::StatusOr<ImageOptions> ImageOptionsOf(const toque::Decoding& decoding,
                                            std::string_view name) {
  const std::string start = absl::StrCat(View(name), ".");
  RETURN_IF_ERROR(AtLeast(start + "max_pixels", decoding.max_pixels(), 1));
  RETURN_IF_ERROR(Between(start + "scan_cache_mib", decoding.scan_cache_mib(),
                          0, int64_t{1} << 30));
  if (decoding.channels() != 1 && decoding.channels() != 3) {
    return Invalid(start + "channels must be 1 or 3", decoding.channels());
  }
  return ImageOptions{.max_pixels = decoding.max_pixels(),
                      .channels = decoding.channels(),
                      .scaled_decoding = decoding.scaled()};
}

std::unique_ptr<ScanCache> ScanCacheOf(const toque::Decoding& decoding) {
  if (decoding.scan_cache_mib() == 0) return nullptr;
  return std::make_unique<ScanCache>(decoding.scan_cache_mib() << 20);
}

absl::Status PictureDecoding::Open(absl::Span<const uint8_t> bytes,
                                   int64_t number, Image* image) const {
  RETURN_IF_ERROR(image->Open(bytes, options));
  image->UseCache(cache.get(), number);
  return absl::OkStatus();
}

absl::StatusOr<PictureDecoding> PictureDecodingOf(
    const toque::Decoding& decoding, std::string_view name) {
  PictureDecoding made;
  ASSIGN_OR_RETURN(made.options, ImageOptionsOf(decoding, name));
  made.cache = ScanCacheOf(decoding);
  return made;
}

}  // namespace toque
