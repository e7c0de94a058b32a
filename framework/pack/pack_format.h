// The bytes of a pack; docs/pack_format.md explains them.

#ifndef TOQUE_FRAMEWORK_PACK_PACK_FORMAT_H_
#define TOQUE_FRAMEWORK_PACK_PACK_FORMAT_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace toque::pack {

static_assert(std::endian::native == std::endian::little,
              "the numbers of a pack are little-endian");

inline constexpr std::string_view kMagic = "toque\npk";
inline constexpr uint32_t kVersion = 1;
inline constexpr uint32_t kMarker = 0x31636572;  // "rec1"
inline constexpr uint64_t kLongestName = 4096;
inline constexpr uint64_t kGreatestPicture = uint64_t{1} << 28;

// How a file begins. While it is being written, all between `source` and
// `digest` is 0.
struct Header {
  char magic[8];
  uint32_t version;
  uint32_t header_bytes;
  uint64_t source;  // digest of the text that says what the pack is made of
  uint64_t file_bytes;
  uint64_t index_offset;
  uint64_t index_bytes;
  uint64_t examples;
  uint64_t pictures;
  uint64_t classes;
  uint64_t index_digest;
  uint64_t digest;  // of all before it
};
static_assert(sizeof(Header) == 88);

// What stands before each picture; the example's name and the picture's bytes
// follow.
struct Record {
  uint32_t marker;
  uint32_t name_bytes;
  uint64_t bytes;   // of the picture
  uint64_t source;  // number of the example in the data set it comes from
  int32_t label;
  uint32_t picture;   // number within its example
  uint32_t pictures;  // of its example
  uint32_t reserved;  // 0
  uint64_t picture_digest;
  uint64_t digest;  // of all before it, and the name
};
static_assert(sizeof(Record) == 56);

// XXH3 of 64 bits.
uint64_t DigestOf(const void* bytes, size_t size, uint64_t seed = 0);
uint64_t DigestOf(const Header& header);
uint64_t DigestOf(const Record& record, std::string_view name);

}  // namespace toque::pack

#endif  // TOQUE_FRAMEWORK_PACK_PACK_FORMAT_H_
