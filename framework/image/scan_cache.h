// What decodings of JPEG files learn about them, kept from epoch to epoch.

#ifndef TOQUE_FRAMEWORK_IMAGE_SCAN_CACHE_H_
#define TOQUE_FRAMEWORK_IMAGE_SCAN_CACHE_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "absl/types/span.h"
#include "framework/codec/codec.h"

namespace toque {

// The places (codec.h) of a data set's pictures. Safe from several threads.
class ScanCache {
 public:
  // Uses at most about `most_bytes`: what comes when they are used up is not
  // kept.
  explicit ScanCache(int64_t most_bytes) : most_bytes_(most_bytes) {}

  // What tells a file's bytes from those of another.
  static uint64_t DigestOf(absl::Span<const uint8_t> bytes);

  // Puts the places that were kept of a picture into `places`; none where it
  // had another digest then.
  void Find(int64_t picture, uint64_t digest,
            std::vector<ScanPlace>* places) const;
  // Keeps the places of a picture instead of those before.
  void Keep(int64_t picture, uint64_t digest,
            absl::Span<const ScanPlace> places);

  int64_t bytes() const { return bytes_; }

 private:
  struct Kept {
    uint64_t digest = 0;
    uint32_t count = 0;
    std::unique_ptr<ScanPlace[]> places;
  };
  // So that threads rarely meet.
  struct Shard {
    mutable std::mutex mutex;
    std::unordered_map<int64_t, Kept> pictures;
  };

  const int64_t most_bytes_;
  std::atomic<int64_t> bytes_ = 0;
  std::array<Shard, 64> shards_;
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_IMAGE_SCAN_CACHE_H_
