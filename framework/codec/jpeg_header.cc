// The header of a JPEG file: its size and how it is turned.

#include <cstring>

#include "framework/codec/decoders.h"

namespace toque {
namespace {

bool IsFrameHeader(int marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 &&
         marker != 0xCC;
}

}  // namespace

absl::StatusOr<ImageHeader> ReadJpegHeader(absl::Span<const uint8_t> bytes) {
  ImageHeader header;
  header.format = ImageFormat::kJpeg;
  const auto broken = [&](std::string_view reason, size_t at) {
    return BrokenImage(ImageFormat::kJpeg, reason, at, bytes.size());
  };
  constexpr std::string_view kExif("Exif\0\0", 6);
  size_t at = 2;
  while (true) {
    while (at < bytes.size() && bytes[at] != 0xFF) ++at;
    while (at < bytes.size() && bytes[at] == 0xFF) ++at;
    if (at + 3 > bytes.size()) return broken("it has no frame header", at);
    const int marker = bytes[at++];
    if (marker == 0 || marker == 1 || (marker >= 0xD0 && marker <= 0xD8)) {
      continue;
    }
    if (marker == 0xD9 || marker == 0xDA) {
      return broken("it has no frame header", at);
    }
    const size_t length = bytes[at] * size_t{256} + bytes[at + 1];
    const auto segment = bytes.subspan(at, length);
    if (length < 2) return broken("a segment must have 2 bytes or more", at);
    if (IsFrameHeader(marker)) {
      if (segment.size() < 7) return broken("the frame header is cut", at);
      header.height = segment[3] * 256 + segment[4];
      header.width = segment[5] * 256 + segment[6];
      if (header.height > 0 && header.width > 0) return header;
      return broken("it must have a height and a width", at);
    }
    // The first that tells an orientation: programs add blocks without one.
    if (marker == 0xE1 && header.orientation == 1 && segment.size() > 8 &&
        std::memcmp(segment.data() + 2, kExif.data(), kExif.size()) == 0) {
      header.orientation = ExifOrientation(segment.subspan(8));
    }
    at += length;
  }
}

}  // namespace toque
