#include "framework/core/transform.h"
#include "framework/testing/region_counts.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

// Resampled so, an image's corners are the corners of the part.
constexpr std::string_view kOptions = "size: 256 filter: NEAREST";

// A picture of at most 256 x 256 pixels whose channels are row, column and 0.
class Picture {
 public:
  Picture(int64_t height, int64_t width) : height(height), width(width) {
    for (int64_t y = 0; y < height; ++y) {
      for (int64_t x = 0; x < width; ++x) {
        pixels_.insert(pixels_.end(),
                       {static_cast<uint8_t>(y), static_cast<uint8_t>(x), 0});
      }
    }
  }

  // The part that the transform takes.
  Region Taken(const Transform& transform, uint64_t seed) {
    const auto [top, left] = Pixel(transform, seed, 0);
    const auto [bottom, right] = Pixel(transform, seed, 255);
    return {top, left, bottom - top + 1, right - left + 1};
  }

  const int64_t height, width;

 private:
  // Row and column of what came to (place, place).
  std::pair<int64_t, int64_t> Pixel(const Transform& transform, uint64_t seed,
                                    int64_t place) {
    Image& image = example_.SetImage();
    image.View(pixels_.data(), PixelLayout::Interleaved(3, height, width));
    Rng rng(seed);
    EXPECT_OK(transform.Apply(example_, rng));
    EXPECT_EQ(image.height(), 256);
    EXPECT_EQ(image.width(), 256);
    image.Crop(place, place, 1, 1);
    uint8_t out[3];
    EXPECT_OK(image.Write(out, {.type = PixelForm::kUint8}));
    return {out[0], out[1]};
  }

  std::vector<uint8_t> pixels_;
  Example example_;
};

RegionCounts CountsOf(Picture picture) {
  const auto transform =
      MakeOrDie<Transform>("recipe.RandomResizedCrop", kOptions);
  RegionCounts counts;
  for (uint64_t seed = 0; seed < 100000; ++seed) {
    counts.Add(picture.Taken(*transform, seed), picture.height, picture.width,
               0.7);
  }
  return counts;
}

Region TakenOf(Picture picture, std::string_view options, uint64_t seed = 0) {
  return picture.Taken(
      *MakeOrDie<Transform>("recipe.RandomResizedCrop",
                            absl::StrCat(View(kOptions), " ", View(options))),
      seed);
}

// A million draws of torchvision 0.26: tests/goldens/crops.py
TEST(RandomResizedCropTest, DrawsAsTorchvision) {
  ExpectSameSource(
      CountsOf(Picture(192, 256)),
      {.area = {29777, 145614, 145712, 145371, 146232, 143749, 111391, 74257,
                43310, 14587},
       .aspect = {279, 77448, 89218, 95952, 102768, 111351, 119578, 128172,
                  137578, 137336, 320},
       .top = {133251, 94738, 100102, 96674, 91221, 107782, 101723, 95352,
               98966, 80191},
       .left = {105602, 99262, 100225, 100004, 97553, 101481, 100650, 99182,
                101269, 94772},
       .area_and_aspect = {106522, 144717, 69864, 96641, 131452, 63510, 59734,
                           174302, 95361, 0, 11398, 46499}});
}

// Rounding shows.
TEST(RandomResizedCropTest, DrawsOfASmallPictureAsTorchvision) {
  ExpectSameSource(
      CountsOf(Picture(32, 32)),
      {.area = {26833, 117095, 133668, 112701, 127513, 114211, 125380, 128486,
                74652, 39461},
       .aspect = {8712, 80374, 113897, 112208, 132918, 103009, 133791, 112595,
                  113844, 80001, 8651},
       .top = {193862, 83206, 99833, 91595, 75794, 122971, 104398, 86954, 96579,
               44808},
       .left = {193351, 83637, 99794, 92104, 75888, 123014, 105059, 86945,
                95511, 44697},
       .area_and_aspect = {87993, 126557, 63046, 80968, 108151, 51095, 121159,
                           166732, 80186, 25071, 80873, 8169}});
}

// Many draws don't fit, and some pictures give no other than the central part.
TEST(RandomResizedCropTest, DrawsOfAWidePictureAsTorchvision) {
  ExpectSameSource(
      CountsOf(Picture(60, 200)),
      {.area = {82037, 411134, 340138, 109115, 57576, 0, 0, 0, 0, 0},
       .aspect = {2628, 66031, 78942, 84701, 95927, 105754, 114625, 123338,
                  133580, 189691, 4783},
       .top = {246516, 76673, 92265, 86121, 71398, 114646, 96550, 80954, 87932,
               46945},
       .left = {97605, 93816, 94350, 94143, 150631, 95085, 94818, 93996, 94317,
                91239},
       .area_and_aspect = {232302, 403753, 197254, 0, 35891, 130800, 0, 0, 0, 0,
                           0, 0}});
}

// torchvision 0.26: tests/goldens/crops.py
TEST(RandomResizedCropTest, FallsBackToTheCentralPartOfAnExtremeAspect) {
  const std::string_view whole = "scale_min: 1";
  EXPECT_EQ(TakenOf(Picture(10, 100), whole), (Region{0, 43, 10, 13}));
  EXPECT_EQ(TakenOf(Picture(100, 10), whole), (Region{43, 0, 13, 10}));
  EXPECT_EQ(TakenOf(Picture(9, 100), whole), (Region{0, 44, 9, 12}));
  EXPECT_EQ(TakenOf(Picture(30, 30), whole), (Region{0, 0, 30, 30}));
}

TEST(RandomResizedCropTest, TakesAtLeastAPixel) {
  for (uint64_t seed = 0; seed < 100; ++seed) {
    EXPECT_EQ(TakenOf(Picture(1, 1), "", seed), (Region{0, 0, 1, 1}));
    EXPECT_EQ(TakenOf(Picture(1, 9), "scale_max: 0 scale_min: 0", seed),
              (Region{0, 4, 1, 1}));
  }
}

// w = sqrt(0.25 * 1600 * 4) = 40, h = 10.
TEST(RandomResizedCropTest, TakesTheAreaAndTheRatioThatAreAsked) {
  for (uint64_t seed = 0; seed < 100; ++seed) {
    const Region taken = TakenOf(Picture(40, 40),
                                 "scale_min: 0.25 scale_max: 0.25 "
                                 "ratio_min: 4 ratio_max: 4",
                                 seed);
    EXPECT_EQ(taken.height, 10);
    EXPECT_EQ(taken.width, 40);
  }
}

TEST(RandomResizedCropTest, ResizesToARectangle) {
  const std::vector<uint8_t> pixels(300, 7);
  Example example;
  example.SetImage().View(pixels.data(), PixelLayout::Planar(3, 10, 10));
  Rng rng(0);
  ASSERT_OK(
      MakeOrDie<Transform>("recipe.RandomResizedCrop", "height: 3 width: 5")
          ->Apply(example, rng));
  EXPECT_EQ(example.images[0][0].height(), 3);
  EXPECT_EQ(example.images[0][0].width(), 5);
}

TEST(RandomResizedCropTest, RefusesBadOptions) {
  const auto made = [](std::string_view options) {
    return Make<Transform>("recipe.RandomResizedCrop", options);
  };
  EXPECT_THAT(made(""),
              FailsWith("either size must be given, or height and width"));
  EXPECT_THAT(made("size: 8 scale_min: 0.5 scale_max: 0.4"),
              FailsWith("scale_max must be from 0.5 to 1, got 0.4"));
  EXPECT_THAT(made("size: 8 scale_min: -0.5"),
              FailsWith("scale_min must be from 0 to 1, got -0.5"));
  EXPECT_THAT(made("size: 8 ratio_min: 0"),
              FailsWith("ratio_min must be above 0, got 0"));
  EXPECT_THAT(made("size: 8 ratio_min: 2 ratio_max: 1"),
              FailsWith("ratio_max must be at least 2, got 1"));
}

}  // namespace
}  // namespace toque
