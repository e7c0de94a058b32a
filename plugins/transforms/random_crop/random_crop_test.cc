#include <map>
#include <numeric>

#include "framework/core/transform.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::ElementsAre;

// A picture of 3 x 4 pixels whose values count from 1.
class RandomCropTest : public testing::Test {
 protected:
  RandomCropTest() : pixels_(12) {
    std::iota(pixels_.begin(), pixels_.end(), 1.0f);
  }

  absl::Status Crop(std::string_view options, uint64_t seed) {
    example_.SetImage().View(pixels_.data(), PixelLayout::Planar(1, 3, 4));
    Rng rng(seed);
    return MakeOrDie<Transform>("recipe.RandomCrop", options)
        ->Apply(example_, rng);
  }

  std::vector<float> Cropped(std::string_view options, uint64_t seed) {
    EXPECT_OK(Crop(options, seed));
    const Image& image = example_.images[0][0];
    std::vector<float> out(static_cast<size_t>(image.elements()));
    EXPECT_OK(image.Write(out.data()));
    return out;
  }

  std::vector<float> pixels_;
  Example example_;
};

// Five degrees of freedom: 20.5 is exceeded with probability 0.001.
TEST_F(RandomCropTest, TakesEachPlaceEquallyOften) {
  std::map<std::vector<float>, double> counts;
  for (uint64_t seed = 0; seed < 6000; ++seed) {
    ++counts[Cropped("size: 2", seed)];
  }
  EXPECT_EQ(counts.size(), 6u);
  EXPECT_EQ(counts.count({7, 8, 11, 12}), 1u);
  double chi_square = 0;
  for (const auto& [crop, count] : counts) {
    chi_square += (count - 1000) * (count - 1000) / 1000;
  }
  EXPECT_LT(chi_square, 20.5);
}

TEST_F(RandomCropTest, ReachesAllOfThePadding) {
  std::map<std::vector<float>, int> counts;
  for (uint64_t seed = 0; seed < 2000; ++seed) {
    ++counts[Cropped("size: 3 padding: 1", seed)];
  }
  EXPECT_EQ(counts.size(), 3u * 4u);
  EXPECT_EQ(counts.count({0, 0, 0, 0, 1, 2, 0, 5, 6}), 1u);
  EXPECT_EQ(counts.count({7, 8, 0, 11, 12, 0, 0, 0, 0}), 1u);
}

TEST_F(RandomCropTest, TakesAnImageOfJustTheRightSize) {
  pixels_.resize(9);
  example_.SetImage().View(pixels_.data(), PixelLayout::Planar(1, 3, 3));
  Rng rng(1);
  EXPECT_OK(MakeOrDie<Transform>("recipe.RandomCrop", "size: 3")
                ->Apply(example_, rng));
  EXPECT_EQ(example_.images[0][0].width(), 3);
}

TEST_F(RandomCropTest, RefusesAnImageThatIsTooSmall) {
  EXPECT_THAT(Crop("size: 6 padding: 1", 0),
              FailsWith("with a padding of 1 the image must be at least 6 x 6, "
                        "got 5 x 6"));
}

TEST_F(RandomCropTest, RefusesValues) {
  Example example;
  example.Values(4);
  Rng rng(0);
  EXPECT_THAT(
      MakeOrDie<Transform>("recipe.RandomCrop", "size: 2")->Apply(example, rng),
      FailsWith("the example must hold images, got values"));
}

TEST_F(RandomCropTest, RefusesBadOptions) {
  EXPECT_THAT(Make<Transform>("recipe.RandomCrop"),
              FailsWith("size must be given"));
  EXPECT_THAT(Make<Transform>("recipe.RandomCrop", "size: 0"),
              FailsWith("size must be from 1 to 65535, got 0"));
  EXPECT_THAT(Make<Transform>("recipe.RandomCrop", "size: 1 padding: -1"),
              FailsWith("padding must be from 0 to 65535, got -1"));
  // Twice as much is no integer.
  EXPECT_THAT(
      Make<Transform>("recipe.RandomCrop",
                      "size: 1 padding: 9000000000000000000"),
      FailsWith("padding must be from 0 to 65535, got 9000000000000000000"));
}

}  // namespace
}  // namespace toque
