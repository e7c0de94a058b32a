#include <array>

#include "framework/core/transform.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;

constexpr std::array<uint8_t, 24> kColours = {
    255, 0, 0, 0,  255, 0,  0,   0,   255, 255, 255, 255,
    1,   2, 3, 17, 200, 90, 254, 254, 253, 128, 127, 7};
// Pillow 13: tests/goldens/crops.py
constexpr std::array<int, 8> kLuma = {76, 150, 29, 255, 2, 133, 254, 114};

// The colours, or their first 8 levels as greys, after the transform.
std::vector<int> Levels(std::string_view options, int64_t channels,
                        uint64_t seed = 0) {
  Example example;
  Image& image = example.SetImage();
  image.View(kColours.data(), PixelLayout::Interleaved(channels, 2, 4));
  Rng rng(seed);
  EXPECT_OK(
      MakeOrDie<Transform>("recipe.Grayscale", options)->Apply(example, rng));
  EXPECT_EQ(image.height(), 2);
  EXPECT_EQ(image.width(), 4);
  std::vector<uint8_t> out(static_cast<size_t>(image.elements()));
  EXPECT_OK(image.Write(out.data(),
                        {.type = PixelForm::kUint8, .interleaved = true}));
  return {out.begin(), out.end()};
}

std::vector<int> Threefold(const std::array<int, 8>& levels) {
  std::vector<int> out;
  for (const int level : levels) out.insert(out.end(), 3, level);
  return out;
}

TEST(GrayscaleTest, GivesAllThreeChannelsTheLuma) {
  EXPECT_EQ(Levels("", 3), Threefold(kLuma));
  EXPECT_EQ(Levels("channels: 3", 3), Threefold(kLuma));
}

TEST(GrayscaleTest, GivesOneChannelIfTold) {
  EXPECT_THAT(Levels("channels: 1", 3), ElementsAreArray(kLuma));
}

TEST(GrayscaleTest, LeavesGreyPicturesGrey) {
  EXPECT_THAT(Levels("", 1), ElementsAre(255, 0, 0, 0, 255, 0, 0, 0));
  EXPECT_THAT(Levels("channels: 1", 1),
              ElementsAre(255, 0, 0, 0, 255, 0, 0, 0));
  EXPECT_EQ(Levels("channels: 3", 1), Threefold({255, 0, 0, 0, 255, 0, 0, 0}));
}

// A count of a binomial whose standard deviation is 18; four of them.
TEST(GrayscaleTest, ActsAsOftenAsItsProbability) {
  int grey = 0;
  for (uint64_t seed = 0; seed < 2000; ++seed) {
    grey += Levels("probability: 0.2", 3, seed) == Threefold(kLuma);
  }
  EXPECT_NEAR(grey, 400, 72);
  const std::vector<int> colours(kColours.begin(), kColours.end());
  EXPECT_EQ(Levels("probability: 0", 3), colours);
}

TEST(GrayscaleTest, RefusesFlowAndOtherChannels) {
  const auto transform = MakeOrDie<Transform>("recipe.Grayscale");
  Example example;
  Rng rng(0);
  Image& image = example.SetImage();
  image.View(kColours.data(), PixelLayout::Interleaved(2, 1, 4));
  EXPECT_THAT(transform->Apply(example, rng),
              FailsWith("must have 1 or 3 channels, got 2"));
  image.set_content(Content::kFlow);
  EXPECT_THAT(transform->Apply(example, rng),
              FailsWith("must hold colours, got optical flow"));
}

TEST(GrayscaleTest, RefusesBadOptions) {
  EXPECT_THAT(Make<Transform>("recipe.Grayscale", "probability: 2"),
              FailsWith("probability must be from 0 to 1, got 2"));
  EXPECT_THAT(Make<Transform>("recipe.Grayscale", "channels: 2"),
              FailsWith("channels must be 1 or 3, got 2"));
  EXPECT_THAT(
      Make<Transform>("recipe.Grayscale", "channels: 1 probability: 0.5"),
      FailsWith("with channels, probability must be 1, got 0.5"));
}

}  // namespace
}  // namespace toque
