#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

#include "framework/core/dataset.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::ElementsAre;

using Numbers = std::vector<float>;

std::unique_ptr<Dataset> Open(std::string_view options,
                              std::string_view sampler = "segments: 4") {
  auto set = MakeOrDie<Dataset>(
      "recipe.MovingShapes",
      absl::StrCat("sampler { [type.googleapis.com/toque.TinyClipSampler] { ",
                   View(sampler), " } } ", View(options)));
  EXPECT_OK(set->Open(Context()));
  return set;
}

// The frames of an example.
std::vector<Numbers> Read(const Dataset& set, int64_t index) {
  Example example;
  Rng rng(1);
  EXPECT_OK(set.Read(index, rng, &example));
  std::vector<Numbers> frames;
  for (const Image& image : example.images.at(0)) {
    frames.emplace_back(static_cast<size_t>(image.elements()));
    EXPECT_OK(image.Write(frames.back().data()));
  }
  return frames;
}

// The middle of what is light in the first channel of a square frame, in turns:
// {x, y}, each -0.5..0.5, as angles, since sides are joined.
std::pair<double, double> Middle(const Numbers& frame) {
  const auto side = static_cast<size_t>(
      std::lround(std::sqrt(static_cast<double>(frame.size() / 3))));
  std::complex<double> x, y;
  for (size_t i = 0; i < side * side; ++i) {
    if (frame[i] < 0.5f) continue;
    const double turn = 2 * std::numbers::pi / static_cast<double>(side);
    x += std::polar(1.0, turn * static_cast<double>(i % side));
    y += std::polar(1.0, turn * static_cast<double>(i / side));
  }
  const double whole = 2 * std::numbers::pi;
  return {std::arg(x) / whole, std::arg(y) / whole};
}

// The shortest way from `from` to `to`, in turns.
double Way(double from, double to) { return to - from - std::round(to - from); }

TEST(MovingShapesTest, MovesInTheDirectionOfItsClass) {
  const auto set = Open("classes: 8 height: 64 width: 64", "segments: 8");
  const std::pair<int, int> directions[] = {{1, 0}, {-1, 0},  {0, 1},  {0, -1},
                                            {1, 1}, {-1, -1}, {-1, 1}, {1, -1}};
  for (int64_t i = 0; i < 80; ++i) {
    const std::vector<Numbers> frames = Read(*set, i);
    const auto& [right, down] = directions[i % 8];
    double x = 0, y = 0;
    for (size_t k = 1; k < frames.size(); ++k) {
      const auto [from_x, from_y] = Middle(frames[k - 1]);
      const auto [to_x, to_y] = Middle(frames[k]);
      x += Way(from_x, to_x);
      y += Way(from_y, to_y);
    }
    // Frames 0, 2, ... 14 of 0 .. 15: 14/15 of 0.3 .. 0.6 of a side.
    const double length = std::sqrt(x * x + y * y);
    EXPECT_GT(length, 0.27) << i;
    EXPECT_LT(length, 0.57) << i;
    const double share = right != 0 && down != 0 ? std::sqrt(0.5) : 1;
    EXPECT_NEAR(x / length, right * share, 0.06) << i;
    EXPECT_NEAR(y / length, down * share, 0.06) << i;
  }
}

// In each class, as would not be of clips that all begin at one place.
TEST(MovingShapesTest, IsEquallyOftenInEachPartOfThePicture) {
  const auto set = Open("examples: 2000 classes: 2", "pick: [15, 15]");
  for (const int64_t label : {0, 1}) {
    std::vector<double> counts(4);
    for (int64_t i = label; i < 2000; i += 2) {
      const double x = Middle(Read(*set, i)[0]).first;
      ++counts[static_cast<size_t>(std::clamp((x + 0.5) * 4, 0.0, 3.0))];
    }
    double chi_square = 0;
    for (const double count : counts) {
      chi_square += (count - 250) * (count - 250) / 250;
    }
    EXPECT_LT(chi_square, 16.3);  // three degrees of freedom, 0.001
  }
}

// The share of later clips whose class is that of the nearest mean of clips
// 0 .. 1999, of what `facts` says of a clip.
template <typename Facts>
double NearestMeanAccuracy(const Dataset& set, const Facts& facts) {
  std::vector<Numbers> means(4, Numbers(facts(Read(set, 0)).size()));
  for (int64_t i = 0; i < 2000; ++i) {
    const Numbers numbers = facts(Read(set, i));
    Numbers& mean = means[static_cast<size_t>(i % 4)];
    for (size_t k = 0; k < mean.size(); ++k) mean[k] += numbers[k] / 500;
  }
  int right = 0;
  for (int64_t i = 2000; i < 2400; ++i) {
    const Numbers numbers = facts(Read(set, i));
    std::vector<double> distances(4);
    for (size_t c = 0; c < 4; ++c) {
      for (size_t k = 0; k < numbers.size(); ++k) {
        distances[c] += std::pow(numbers[k] - means[c][k], 2);
      }
    }
    right += std::ranges::min_element(distances) - distances.begin() == i % 4;
  }
  return right / 400.0;
}

TEST(MovingShapesTest, TellsItsClassByTheOrderOfFramesAlone) {
  const auto set = Open("examples: 2400");
  // Chance is 0.25 and its deviation 0.022.
  const auto mean_frame = [](const std::vector<Numbers>& frames) {
    Numbers mean(frames[0].size());
    for (const Numbers& frame : frames) {
      for (size_t k = 0; k < mean.size(); ++k) mean[k] += frame[k];
    }
    return mean;
  };
  EXPECT_LT(NearestMeanAccuracy(*set, mean_frame), 0.35);
  const auto one_frame = [](const auto& frames) { return frames[2]; };
  EXPECT_LT(NearestMeanAccuracy(*set, one_frame), 0.35);
  const auto motion = [](const std::vector<Numbers>& frames) {
    const auto [from_x, from_y] = Middle(frames[1]);
    const auto [to_x, to_y] = Middle(frames[2]);
    return Numbers{static_cast<float>(Way(from_x, to_x)),
                   static_cast<float>(Way(from_y, to_y))};
  };
  EXPECT_GT(NearestMeanAccuracy(*set, motion), 0.97);
}

TEST(MovingShapesTest, HasTheSizesAskedFor) {
  const auto set = Open("examples: 5 classes: 2 height: 9 width: 30");
  EXPECT_EQ(set->size(), 5);
  EXPECT_THAT(set->Info().shape, ElementsAre(3, 9, 30));
  EXPECT_THAT(set->Info().class_names, ElementsAre("right", "left"));
  EXPECT_THAT(*set->Labels(), ElementsAre(0, 1, 0, 1, 0));
  EXPECT_EQ(Open("")->Info().class_names.size(), 4u);
}

TEST(MovingShapesTest, ClipsDifferAndFollowTheSeedAlone) {
  const auto set = Open("");
  EXPECT_NE(Read(*set, 0), Read(*set, 4));
  EXPECT_EQ(Read(*set, 3), Read(*Open("examples: 4"), 3));
  EXPECT_NE(Read(*set, 3), Read(*Open("seed: 1"), 3));
}

TEST(MovingShapesTest, FollowsTheSamplerWhereAClipIsShort) {
  const std::vector<Numbers> frames =
      Read(*Open("frames: 2", "segments: 4"), 0);
  ASSERT_EQ(frames.size(), 4u);
  EXPECT_EQ(frames[0], frames[1]);
  EXPECT_EQ(frames[2], frames[3]);
  EXPECT_NE(frames[1], frames[2]);
  EXPECT_EQ(Read(*Open("frames: 1"), 0).size(), 4u);
}

TEST(MovingShapesTest, RefusesBadOptions) {
  const std::string sampler =
      "sampler { [type.googleapis.com/toque.TinyClipSampler] {} } ";
  const std::pair<std::string, const char*> faults[] = {
      {"", "sampler must be given, as sampler { "},
      {sampler + "examples: 0", "examples must be at least 1, got 0"},
      {sampler + "classes: 3", "classes must be 2, 4 or 8, got 3"},
      {sampler + "frames: 0", "frames must be at least 1, got 0"},
      {sampler + "height: 7", "height must be from 8 to 4096, got 7"},
      {sampler + "width: 5000", "width must be from 8 to 4096, got 5000"},
      {sampler + "travel: 0", "travel must be above 0, got 0"},
      {sampler + "travel: nan", "travel must be from 0 to 1, got nan"},
  };
  for (const auto& [options, text] : faults) {
    EXPECT_THAT(Make<Dataset>("recipe.MovingShapes", options), FailsWith(text));
  }
}

}  // namespace
}  // namespace toque
