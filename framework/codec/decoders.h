// The decoder of each format; what codec.h chooses from. Contracts are those of
// ReadHeader and Decode.

#ifndef TOQUE_FRAMEWORK_CODEC_DECODERS_H_
#define TOQUE_FRAMEWORK_CODEC_DECODERS_H_

#include "framework/codec/codec.h"
#include "framework/image/pixels.h"

namespace toque {

absl::StatusOr<ImageHeader> ReadJpegHeader(absl::Span<const uint8_t> bytes);
absl::Status DecodeJpeg(absl::Span<const uint8_t> bytes,
                        const ImageHeader& header, const Region& region,
                        const DecodeForm& form, RowSink sink);

absl::StatusOr<ImageHeader> ReadPngHeader(absl::Span<const uint8_t> bytes);
absl::Status DecodePng(absl::Span<const uint8_t> bytes,
                       const ImageHeader& header, const Region& region,
                       const DecodeForm& form, RowSink sink);

absl::StatusOr<ImageHeader> ReadWebpHeader(absl::Span<const uint8_t> bytes);
absl::Status DecodeWebp(absl::Span<const uint8_t> bytes,
                        const ImageHeader& header, const Region& region,
                        const DecodeForm& form, RowSink sink);

absl::StatusOr<ImageHeader> ReadBmpHeader(absl::Span<const uint8_t> bytes);
absl::Status DecodeBmp(absl::Span<const uint8_t> bytes,
                       const ImageHeader& header, const Region& region,
                       const DecodeForm& form, RowSink sink);

absl::StatusOr<ImageHeader> ReadPnmHeader(absl::Span<const uint8_t> bytes);
absl::Status DecodePnm(absl::Span<const uint8_t> bytes,
                       const ImageHeader& header, const Region& region,
                       const DecodeForm& form, RowSink sink);

absl::StatusOr<ImageHeader> ReadGifHeader(absl::Span<const uint8_t> bytes);
absl::Status DecodeGif(absl::Span<const uint8_t> bytes,
                       const ImageHeader& header, const Region& region,
                       const DecodeForm& form, RowSink sink);

// The orientation in an EXIF block (TIFF header first), 1 where it has none
// that is sensible. Any bytes are safe.
int ExifOrientation(absl::Span<const uint8_t> exif);

// Puts the luma of each of `width` pixels of four bytes into its first.
inline void ToLuma(uint8_t* row, int64_t width) {
  for (uint8_t* pixel = row; pixel != row + 4 * width; pixel += 4) {
    pixel[0] = Luma(pixel[0], pixel[1], pixel[2]);
  }
}

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_CODEC_DECODERS_H_
