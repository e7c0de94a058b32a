#include <cstring>

#include "framework/codec/bytes.h"
#include "framework/codec/decoders.h"

namespace toque {
namespace {

constexpr uint32_t kOrientation = 0x0112;
// Types of a tag's value.
constexpr uint32_t kByte = 1;
constexpr uint32_t kShort = 3;
constexpr uint32_t kLong = 4;

// A number of a TIFF file, in the order that the file has chosen.
struct Tiff {
  const uint8_t* data;
  bool big;

  uint32_t Read16(size_t at) const {
    return big ? Big16(data + at) : Little16(data + at);
  }
  uint32_t Read32(size_t at) const {
    return big ? Big32(data + at) : Little32(data + at);
  }
};

}  // namespace

int ExifOrientation(absl::Span<const uint8_t> exif) {
  // JPEG's own prefix stands in some files of other formats, too.
  if (exif.size() >= 6 && std::memcmp(exif.data(), "Exif\0\0", 6) == 0) {
    exif.remove_prefix(6);
  }
  if (exif.size() < 8) return 1;
  const Tiff tiff{exif.data(), exif[0] == 'M'};
  const std::string_view order = tiff.big ? "MM" : "II";
  if (std::memcmp(exif.data(), order.data(), 2) != 0) return 1;
  if (tiff.Read16(2) != 42) return 1;
  const uint64_t directory = tiff.Read32(4);
  if (directory + 2 > exif.size()) return 1;
  const uint32_t tags = tiff.Read16(directory);
  for (uint32_t i = 0; i < tags; ++i) {
    const uint64_t tag = directory + 2 + uint64_t{12} * i;
    if (tag + 12 > exif.size()) return 1;
    if (tiff.Read16(tag) != kOrientation) continue;
    const uint32_t type = tiff.Read16(tag + 2);
    const uint32_t value = type == kByte    ? exif[tag + 8]
                           : type == kShort ? tiff.Read16(tag + 8)
                           : type == kLong  ? tiff.Read32(tag + 8)
                                            : 0;
    return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }
  return 1;
}

}  // namespace toque
