#include "framework/image/scan_cache.h"

#include <algorithm>

#include "xxhash.h"

namespace toque {
namespace {

// Of a picture beside its places: its entry and what the allocator adds.
constexpr int64_t kEntryBytes = 96;

size_t ShardOf(int64_t picture, size_t shards) {
  return static_cast<size_t>(picture) % shards;
}

}  // namespace

uint64_t ScanCache::DigestOf(absl::Span<const uint8_t> bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

void ScanCache::Find(int64_t picture, uint64_t digest,
                     std::vector<ScanPlace>* places) const {
  places->clear();
  const Shard& shard = shards_[ShardOf(picture, shards_.size())];
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.pictures.find(picture);
  if (found == shard.pictures.end() || found->second.digest != digest) return;
  const Kept& kept = found->second;
  places->assign(kept.places.get(), kept.places.get() + kept.count);
}

void ScanCache::Keep(int64_t picture, uint64_t digest,
                     absl::Span<const ScanPlace> places) {
  Shard& shard = shards_[ShardOf(picture, shards_.size())];
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.pictures.find(picture);
  const bool known = found != shard.pictures.end();
  const int64_t more = (static_cast<int64_t>(places.size()) -
                        (known ? int64_t{found->second.count} : 0)) *
                           static_cast<int64_t>(sizeof(ScanPlace)) +
                       (known ? 0 : kEntryBytes);
  if (bytes_.fetch_add(more) + more > most_bytes_) {
    bytes_ -= more;
    return;
  }
  Kept& kept = known ? found->second : shard.pictures[picture];
  kept.digest = digest;
  kept.count = static_cast<uint32_t>(places.size());
  kept.places = std::make_unique_for_overwrite<ScanPlace[]>(places.size());
  std::ranges::copy(places, kept.places.get());
}

}  // namespace toque
