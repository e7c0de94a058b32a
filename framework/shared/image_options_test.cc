#include "framework/shared/image_options.h"

#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(ImageOptionsTest, AreThoseOfAnImageWithoutAnythingGiven) {
  const auto options = ImageOptionsOf(Decoding());
  ASSERT_OK(options);
  EXPECT_EQ(options->max_pixels, ImageOptions().max_pixels);
  EXPECT_EQ(options->channels, ImageOptions().channels);
  EXPECT_EQ(options->scaled_decoding, ImageOptions().scaled_decoding);
}

TEST(ImageOptionsTest, AreWhatIsGiven) {
  Decoding decoding;
  decoding.set_max_pixels(7);
  decoding.set_channels(1);
  decoding.set_scaled(true);
  const auto options = ImageOptionsOf(decoding);
  ASSERT_OK(options);
  EXPECT_EQ(options->max_pixels, 7);
  EXPECT_EQ(options->channels, 1);
  EXPECT_TRUE(options->scaled_decoding);
}

TEST(ImageOptionsTest, RefusesWhatIsOutOfRange) {
  Decoding decoding;
  decoding.set_max_pixels(0);
  EXPECT_THAT(ImageOptionsOf(decoding),
              FailsWith("decoding.max_pixels must be at least 1, got 0"));
  decoding.set_max_pixels(1);
  decoding.set_scan_cache_mib(-1);
  EXPECT_THAT(ImageOptionsOf(decoding),
              FailsWith("decoding.scan_cache_mib must be from 0 to 1073741824, "
                        "got -1"));
  decoding.set_scan_cache_mib(0);
  EXPECT_EQ(ScanCacheOf(decoding), nullptr);
  decoding.set_channels(2);
  EXPECT_THAT(ImageOptionsOf(decoding),
              FailsWith("decoding.channels must be 1 or 3, got 2"));
}

}  // namespace
}  // namespace toque
