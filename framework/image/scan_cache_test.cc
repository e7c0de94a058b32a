#include "framework/image/scan_cache.h"

#include <thread>

#include "framework/codec/encode.h"
#include "framework/image/image.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using Places = std::vector<ScanPlace>;

Places Numbered(uint32_t count) {
  Places places(count);
  for (uint32_t i = 0; i < count; ++i) places[i].bit = i;
  return places;
}

size_t CountOf(const ScanCache& cache, int64_t picture, uint64_t digest) {
  Places places = Numbered(3);
  cache.Find(picture, digest, &places);
  return places.size();
}

TEST(ScanCacheTest, GivesWhatWasKeptOfThePicture) {
  ScanCache cache(1 << 20);
  cache.Keep(7, 1, Numbered(5));
  cache.Keep(71, 2, Numbered(9));
  EXPECT_EQ(CountOf(cache, 7, 1), 5u);
  EXPECT_EQ(CountOf(cache, 71, 2), 9u);
  EXPECT_EQ(CountOf(cache, 8, 1), 0u);
  cache.Keep(7, 1, Numbered(6));
  EXPECT_EQ(CountOf(cache, 7, 1), 6u);
}

TEST(ScanCacheTest, GivesNothingForOtherBytes) {
  ScanCache cache(1 << 20);
  cache.Keep(7, 1, Numbered(5));
  EXPECT_EQ(CountOf(cache, 7, 2), 0u);
  cache.Keep(7, 2, Numbered(4));
  EXPECT_EQ(CountOf(cache, 7, 2), 4u);
  EXPECT_EQ(CountOf(cache, 7, 1), 0u);
  const std::vector<uint8_t> bytes = {1, 2, 3}, others = {1, 2, 4};
  EXPECT_NE(ScanCache::DigestOf(bytes), ScanCache::DigestOf(others));
}

TEST(ScanCacheTest, KeepsNoMoreThanItMay) {
  ScanCache cache(100'000);
  for (int64_t i = 0; i < 1000; ++i) cache.Keep(i, 1, Numbered(100));
  EXPECT_LE(cache.bytes(), 100'000);
  EXPECT_GT(cache.bytes(), 90'000);
  EXPECT_EQ(CountOf(cache, 0, 1), 100u);
  EXPECT_EQ(CountOf(cache, 999, 1), 0u);
}

TEST(ScanCacheTest, ThreadsMayShareIt) {
  ScanCache cache(1 << 24);
  const auto work = [&cache] {
    for (int round = 0; round < 20; ++round) {
      for (int64_t i = 0; i < 100; ++i) {
        EXPECT_TRUE(CountOf(cache, i, 1) % 10 == 0);
        cache.Keep(i, 1, Numbered(10));
      }
    }
  };
  { std::jthread first(work), second(work); }
  EXPECT_EQ(CountOf(cache, 99, 1), 10u);
}

TEST(ScanCacheTest, AnImageHasTheSamePixelsWithIt) {
  std::vector<uint8_t> pixels;
  for (int64_t i = 0; i < 200 * 700 * 3; ++i) {
    pixels.push_back(static_cast<uint8_t>(i * i / 7 + i / 2100 * 5));
  }
  const std::string file = *EncodeJpeg({pixels.data(), 200, 700, 3}, 90);
  const auto bytes = absl::MakeConstSpan(
      reinterpret_cast<const uint8_t*>(file.data()), file.size());
  ScanCache cache(1 << 20);
  const auto crop = [&bytes](ScanCache* used, int64_t top, int64_t left) {
    Image image;
    EXPECT_OK(image.Open(bytes));
    image.UseCache(used, 3);
    image.Crop(top, left, 90, 300);
    image.Resize(40, 40);
    std::vector<float> out(static_cast<size_t>(image.elements()));
    EXPECT_OK(image.Write(out.data()));
    return out;
  };
  for (const int64_t top : {0, 110, 50, 110}) {
    EXPECT_EQ(crop(&cache, top, 3 * top), crop(nullptr, top, 3 * top));
  }
  // 13 rows of 44 units, of which each 16th is a place.
  EXPECT_EQ(CountOf(cache, 3, ScanCache::DigestOf(bytes)), 39u);
}

}  // namespace
}  // namespace toque
