#include "framework/pack/pack_format.h"

#include "xxhash.h"

namespace toque::pack {

uint64_t DigestOf(const void* bytes, size_t size, uint64_t seed) {
  return XXH3_64bits_withSeed(bytes, size, seed);
}

uint64_t DigestOf(const Header& header) {
  return DigestOf(&header, offsetof(Header, digest));
}

uint64_t DigestOf(const Record& record, std::string_view name) {
  return DigestOf(name.data(), name.size(),
                  DigestOf(&record, offsetof(Record, digest)));
}

}  // namespace toque::pack
