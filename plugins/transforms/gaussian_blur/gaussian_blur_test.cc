#include <algorithm>
#include <cmath>
#include <vector>

#include "framework/core/transform.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

constexpr int64_t kSide = 5;

// A white point in the middle of black, blurred.
absl::StatusOr<std::vector<uint8_t>> Blurred(
    std::string_view options, uint64_t seed = 1,
    Content content = Content::kColour) {
  std::vector<uint8_t> pixels(kSide * kSide);
  pixels[12] = 255;
  Example example;
  Image& image = example.SetImage();
  image.View(pixels.data(), PixelLayout::Planar(1, kSide, kSide));
  image.set_content(content);
  Rng rng(seed);
  RETURN_IF_ERROR(MakeOrDie<Transform>("recipe.GaussianBlur", options)
                      ->Apply(example, rng));
  ASSIGN_OR_RETURN(const EditablePixels edited, image.Edit());
  return std::vector<uint8_t>(edited.data, edited.data + pixels.size());
}

TEST(GaussianBlurTest, SpreadsAPointByANormalDistribution) {
  const auto blurred = Blurred("kernel_size: 3 sigma_min: 0.8 sigma_max: 0.8");
  ASSERT_OK(blurred);
  const double beside = std::exp(-1 / (2 * 0.8 * 0.8));
  const double sum = 1 + 2 * beside;
  EXPECT_NEAR((*blurred)[12], 255 / (sum * sum), 0.51);
  EXPECT_NEAR((*blurred)[13], 255 * beside / (sum * sum), 0.51);
  EXPECT_NEAR((*blurred)[18], 255 * beside * beside / (sum * sum), 0.51);
  EXPECT_EQ((*blurred)[14], 0);
}

// The middle of three weights, w = 1 / (1 + 2 e) and e = exp(-1/(2 sigma^2)),
// tells sigma. Ten bins; nine degrees of freedom: 27.9 is exceeded with
// probability 0.001.
TEST(GaussianBlurTest, DrawsSigmaUniformly) {
  std::vector<double> counts(10);
  for (uint64_t seed = 0; seed < 3000; ++seed) {
    const auto blurred =
        Blurred("kernel_size: 3 sigma_min: 0.5 sigma_max: 0.9", seed);
    ASSERT_OK(blurred);
    const double weight = std::sqrt((*blurred)[12] / 255.0);
    const double sigma = std::sqrt(-1 / (2 * std::log((1 / weight - 1) / 2)));
    ASSERT_GT(sigma, 0.49);
    ASSERT_LT(sigma, 0.91);
    const auto bin = static_cast<size_t>(std::max(sigma - 0.5, 0.0) / 0.04);
    ++counts[std::min<size_t>(bin, 9)];
  }
  double chi_square = 0;
  for (const double count : counts) {
    chi_square += (count - 300) * (count - 300) / 300;
  }
  EXPECT_LT(chi_square, 27.9);
}

// A count of a binomial whose standard deviation is 14; four of them.
TEST(GaussianBlurTest, BlursAsOftenAsItsProbability) {
  int blurred = 0;
  for (uint64_t seed = 0; seed < 1000; ++seed) {
    const auto pixels =
        Blurred("kernel_size: 3 sigma_min: 1 probability: 0.25", seed);
    ASSERT_OK(pixels);
    blurred += (*pixels)[12] != 255;
  }
  EXPECT_NEAR(blurred, 250, 56);
}

TEST(GaussianBlurTest, BlursFlowToo) {
  const auto colour = Blurred("kernel_size: 3");
  const auto flow = Blurred("kernel_size: 3", 1, Content::kFlow);
  ASSERT_OK(colour);
  ASSERT_OK(flow);
  EXPECT_EQ(*flow, *colour);
}

TEST(GaussianBlurTest, RefusesAnImageThatIsTooSmallToMirror) {
  EXPECT_OK(Blurred("kernel_size: 9"));
  EXPECT_THAT(Blurred("kernel_size: 11"),
              FailsWith("with a kernel_size of 11 the image must be at least "
                        "6 x 6, got 5 x 5"));
}

TEST(GaussianBlurTest, RefusesBadOptions) {
  EXPECT_THAT(Make<Transform>("recipe.GaussianBlur"),
              FailsWith("kernel_size must be given"));
  EXPECT_THAT(Make<Transform>("recipe.GaussianBlur", "kernel_size: 4"),
              FailsWith("kernel_size must be odd, got 4"));
  EXPECT_THAT(Make<Transform>("recipe.GaussianBlur", "kernel_size: 257"),
              FailsWith("kernel_size must be from 1 to 255, got 257"));
  EXPECT_THAT(
      Make<Transform>("recipe.GaussianBlur", "kernel_size: 3 sigma_min: 0"),
      FailsWith("sigma_min must be above 0, got 0"));
  EXPECT_THAT(Make<Transform>("recipe.GaussianBlur",
                              "kernel_size: 3 sigma_min: 2 sigma_max: 1"),
              FailsWith("sigma_max must be at least 2, got 1"));
}

}  // namespace
}  // namespace toque
