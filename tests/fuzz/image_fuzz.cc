// Bytes as an encoded picture, decoded as a whole and in part, with and without
// places that are known.

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "framework/codec/codec.h"

namespace {

constexpr int64_t kMaxPixels = int64_t{1} << 22;

// False where the decoder refuses.
bool Pixels(absl::Span<const uint8_t> bytes, const toque::ImageHeader& header,
            const toque::Region& region, std::vector<toque::ScanPlace>* places,
            std::vector<uint8_t>* pixels) {
  pixels->assign(4 * region.height * region.width, 0);
  return toque::Decode(bytes, header, region, {.places = places},
                       [&](int64_t y, const uint8_t* row) {
                         std::memcpy(&(*pixels)[4 * y * region.width], row,
                                     4 * region.width);
                       })
      .ok();
}

// Whether `part` has the colours that `whole` has in `region`.
bool Agree(const std::vector<uint8_t>& whole, int64_t width,
           const toque::Region& region, const std::vector<uint8_t>& part) {
  for (int64_t y = 0; y < region.height; ++y) {
    for (int64_t x = 0; x < region.width; ++x) {
      const int64_t at = (region.top + y) * width + region.left + x;
      if (std::memcmp(&whole[4 * at], &part[4 * (y * region.width + x)], 3) !=
          0) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::Span<const uint8_t> bytes(data, size);
  const auto header = toque::ReadHeader(bytes);
  if (!header.ok()) return 0;
  if (header->height < 1 || header->width < 1) std::abort();
  if (header->height > kMaxPixels / header->width) return 0;
  std::vector<uint8_t> whole, part;
  const bool decoded = Pixels(
      bytes, *header, {0, 0, header->height, header->width}, nullptr, &whole);
  // Any region will do; the file's own size varies it.
  const int64_t top = static_cast<int64_t>(size) % header->height;
  const int64_t left = static_cast<int64_t>(size) % header->width;
  const toque::Region region{top, left, (header->height - top + 1) / 2,
                             (header->width - left + 1) / 2};
  // The second time with all places known up to its end.
  std::vector<toque::ScanPlace> places;
  for (int i = 0; i < 2; ++i) {
    if (Pixels(bytes, *header, region, &places, &part) && decoded &&
        !Agree(whole, header->width, region, part)) {
      std::abort();
    }
  }
  return 0;
}
