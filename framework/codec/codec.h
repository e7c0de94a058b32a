// Encoded pictures: what their headers say, and the pixels of a part of them.
//
// JPEG, PNG, WebP, BMP, PNM (PGM and PPM, plain and raw) and the first frame of
// a GIF; the kind is told by content. Palettes, 1 to 16 bits, interlacing,
// CMYK and YCCK become 8-bit RGB; alpha is dropped. A file that is broken gives
// an error of absl::StatusCode::kDataLoss that says where (byte offset) and
// why, and never more than a few rows beyond what the header claims is read.

#ifndef TOQUE_FRAMEWORK_CODEC_CODEC_H_
#define TOQUE_FRAMEWORK_CODEC_CODEC_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/types/span.h"
#include "framework/status.h"

namespace toque {

enum class ImageFormat { kJpeg, kPng, kWebp, kBmp, kPnm, kGif };

// "JPEG", "PNG", ...
std::string_view NameOf(ImageFormat format);

// Rows and columns of a picture, in pixels.
struct Region {
  int64_t top = 0;
  int64_t left = 0;
  int64_t height = 0;
  int64_t width = 0;
  bool operator==(const Region&) const = default;
};

struct ImageHeader {
  ImageFormat format = ImageFormat::kJpeg;
  // As stored, before the orientation; at least 1.
  int64_t height = 0;
  int64_t width = 0;
  // EXIF's 1 to 8 of JPEG, PNG and WebP: how the stored picture is turned to
  // stand upright; 1 where nothing, or nothing sensible, is said.
  int orientation = 1;
};

// Reads as much of `bytes` as tells these. An error for what is no picture of a
// known kind, or one whose header is broken.
absl::StatusOr<ImageHeader> ReadHeader(absl::Span<const uint8_t> bytes);

// A place in the data of a JPEG file from which decoding can go on.
struct ScanPlace {
  uint32_t bit = 0;    // from the first of the data
  int16_t dc[4] = {};  // what the next blocks' first coefficients are added to
};

struct DecodeForm {
  // The luma of the picture in the first channel, instead of R, G and B.
  bool grey = false;
  // JPEG alone: the picture at 1/1, 1/2, 1/4 or 1/8 of its size (rounded up),
  // at a fraction of the work. Regions are in that size.
  int reduce = 1;
  // Of baseline JPEG alone: places that earlier decodings of the same bytes
  // found, to which new ones are added. With them what lies before a region and
  // beside it need not be decoded. Null where they are not to be had.
  std::vector<ScanPlace>* places = nullptr;
};

// Takes row `y` of a region, 0 its first: `width` pixels of four bytes: R, G, B
// and one of no meaning. Rows come in order, each once.
using RowSink = absl::FunctionRef<void(int64_t y, const uint8_t* row)>;

// Decodes the rows of `region`, which lies inside the picture that `header`
// (from ReadHeader of the same bytes) describes, and as little else as the
// format allows. Pixels are the same as those of decoding all of it. May give
// rows before it finds a fault.
absl::Status Decode(absl::Span<const uint8_t> bytes, const ImageHeader& header,
                    const Region& region, const DecodeForm& form, RowSink sink);

// "JPEG: <reason> at byte <offset> of <size>", the error of a broken file.
absl::Status BrokenImage(ImageFormat format, std::string_view reason,
                         size_t offset, size_t size);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_CODEC_CODEC_H_
