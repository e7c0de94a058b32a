#include <atomic>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_format.h"
#include "framework/codec/encode.h"
#include "framework/core/dataset.h"
#include "tests/tools/run_tool.h"
#include "tools/dataset_statistics.h"

namespace toque {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;

constexpr double kLevel = 1.0 / 255;

using Bytes = std::vector<uint8_t>;

Bytes RandomBytes(size_t size, uint64_t seed) {
  Rng rng(seed);
  Bytes bytes(size);
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(rng.Below(256));
  return bytes;
}

void Add(const Bytes& levels, int64_t channels, PixelSums* sums) {
  ASSERT_OK(sums->Add(
      levels.data(), static_cast<int64_t>(levels.size()) / channels, channels));
}

// Mean and deviation of every third value, in two passes.
ChannelStatistics Direct(const Bytes& levels, size_t channel) {
  double sum = 0;
  double count = 0;
  for (size_t i = channel; i < levels.size(); i += 3, ++count) {
    sum += levels[i] * kLevel;
  }
  double squares = 0;
  for (size_t i = channel; i < levels.size(); i += 3) {
    squares += std::pow(levels[i] * kLevel - sum / count, 2);
  }
  return {sum / count, std::sqrt(squares / count)};
}

TEST(PixelSumsTest, EqualADirectComputationInTwoPasses) {
  const Bytes one = RandomBytes(3 * 50, 1);
  const Bytes other = RandomBytes(3 * 7, 2);
  PixelSums sums;
  Add(one, 3, &sums);
  Add(other, 3, &sums);
  EXPECT_EQ(sums.pictures(), 2);
  EXPECT_EQ(sums.pixels(), 57);
  Bytes all = one;
  all.insert(all.end(), other.begin(), other.end());
  const auto statistics = sums.PixelWeighted();
  ASSERT_EQ(statistics.size(), 3u);
  for (size_t c = 0; c < 3; ++c) {
    EXPECT_NEAR(statistics[c].mean, Direct(all, c).mean, 1e-14);
    EXPECT_NEAR(statistics[c].std, Direct(all, c).std, 1e-14);
  }
}

TEST(PixelSumsTest, WeighPixelsAndOnlyAsTheArticleDoesPictures) {
  // One dark pixel, and 25 of level 100: what R48 is wrong about.
  PixelSums sums;
  Add({0}, 1, &sums);
  Add(Bytes(25, 100), 1, &sums);
  const auto pixels = sums.PixelWeighted();
  ASSERT_EQ(pixels.size(), 1u);
  EXPECT_NEAR(pixels[0].mean, 2500.0 / 26 * kLevel, 1e-14);  // 96.2
  EXPECT_NEAR(pixels[0].std, 500.0 / 26 * kLevel, 1e-14);    // 19.2
  const auto images = sums.ImageWeighted();
  EXPECT_NEAR(images[0].mean, 50 * kLevel, 1e-14);
  EXPECT_NEAR(images[0].std, 50 * kLevel, 1e-14);
}

TEST(PixelSumsTest, AgreeWithTheArticleWherePicturesHaveOneSize) {
  PixelSums sums;
  for (uint64_t seed = 0; seed < 5; ++seed) {
    Add(RandomBytes(3 * 40, seed), 3, &sums);
  }
  const auto pixels = sums.PixelWeighted();
  const auto images = sums.ImageWeighted();
  for (size_t c = 0; c < 3; ++c) {
    EXPECT_NEAR(images[c].mean, pixels[c].mean, 1e-11);
    EXPECT_NEAR(images[c].std, pixels[c].std, 1e-11);
  }
}

TEST(PixelSumsTest, DoNotDependOnTheOrderOfTheirParts) {
  PixelSums forwards, backwards;
  for (uint64_t i = 0; i < 20; ++i) {
    PixelSums part;
    Add(RandomBytes(3 * (i + 1), i), 3, &part);
    ASSERT_OK(forwards.Merge(part));
  }
  for (uint64_t i = 20; i-- > 0;)
    Add(RandomBytes(3 * (i + 1), i), 3, &backwards);
  for (size_t c = 0; c < 3; ++c) {
    EXPECT_EQ(forwards.PixelWeighted()[c].std,
              backwards.PixelWeighted()[c].std);
    EXPECT_EQ(forwards.ImageWeighted()[c].mean,
              backwards.ImageWeighted()[c].mean);
  }
}

TEST(PixelSumsTest, HaveNoStatisticsWithoutAPicture) {
  PixelSums sums;
  ASSERT_OK(sums.Merge(PixelSums()));
  EXPECT_THAT(sums.PixelWeighted(), IsEmpty());
  EXPECT_THAT(sums.ImageWeighted(), IsEmpty());
}

TEST(PixelSumsTest, RefusePicturesOfDifferentChannels) {
  PixelSums sums;
  Add({1, 2, 3}, 3, &sums);
  const Bytes grey = {7};
  EXPECT_THAT(sums.Add(grey.data(), 1, 1),
              FailsWith("all pictures must have the same number of channels, "
                        "as one has 3, got 1"));
}

TEST(MedianTest, IsTheLowerOfTheTwoInTheMiddle) {
  EXPECT_EQ(Median({{5, 1}}), 5);
  EXPECT_EQ(Median({{5, 2}, {6, 1}, {9, 1}}), 5);
  EXPECT_EQ(Median({{5, 2}, {6, 1}, {9, 3}}), 6);
  EXPECT_EQ(Median({{5, 1}, {6, 1}, {9, 3}}), 9);
}

constexpr char kPictures[] = "kind: IMAGES shape: [3, 9, 7] examples: 103";

TEST(MeasureDatasetTest, GivesTheSameForAnyNumberOfThreads) {
  const auto dataset = MakeOrDie<Dataset>("recipe.Synthetic", kPictures);
  ASSERT_OK(dataset->Open(Context()));
  std::vector<DatasetStatistics> measured;
  for (const int threads : {1, 4}) {
    std::atomic<int64_t> done = 0;
    auto statistics =
        MeasureDataset(*dataset, 3, 103, threads, [&done] { ++done; });
    ASSERT_OK(statistics);
    EXPECT_EQ(done, 100);
    EXPECT_EQ(statistics->pixels.pixels(), 100 * 9 * 7);
    EXPECT_THAT(statistics->heights, ElementsAre(Pair(9, 100)));
    EXPECT_THAT(statistics->widths, ElementsAre(Pair(7, 100)));
    EXPECT_EQ(statistics->labels.at(5), 10);
    measured.push_back(*std::move(statistics));
  }
  for (size_t c = 0; c < 3; ++c) {
    EXPECT_EQ(measured[0].pixels.PixelWeighted()[c].std,
              measured[1].pixels.PixelWeighted()[c].std);
  }
}

TEST(MeasureDatasetTest, EndsAtAnExampleWithoutPictures) {
  const auto dataset = MakeOrDie<Dataset>("recipe.Synthetic");
  ASSERT_OK(dataset->Open(Context()));
  EXPECT_THAT(MeasureDataset(*dataset, 0, 9, 2, [] {}),
              FailsWith("statistics need pictures"));
}

// Two clips of two frames; the second frame of the second is cut off.
struct Clips : Dataset {
  Clips() {
    const Bytes pixels = RandomBytes(40 * 4 * 3, 1);
    const auto png = EncodePng({pixels.data(), 40, 4, 3});
    EXPECT_OK(png);
    if (png.ok()) file.assign(png->begin(), png->end());
  }
  absl::Status Open(const Context&) override { return absl::OkStatus(); }
  DatasetInfo Info() const override { return {}; }
  int64_t size() const override { return 2; }
  absl::Status Read(int64_t index, Rng&, Example* example) const override {
    example->SetViews(1);
    example->images[0].resize(2);
    RETURN_IF_ERROR(example->images[0][0].Open(file));
    const size_t bytes = file.size() / (index == 1 ? 2 : 1);
    return example->images[0][1].Open(absl::MakeConstSpan(file).first(bytes));
  }
  Bytes file;
};

TEST(MeasureDatasetTest, CountsNothingOfAClipWithABrokenFrame) {
  const Clips clips;
  const auto statistics = MeasureDataset(clips, 0, 2, 1, [] {});
  ASSERT_OK(statistics);
  ASSERT_EQ(statistics->broken.size(), 1u);
  EXPECT_EQ(statistics->broken[0].first, 1);
  EXPECT_EQ(statistics->pixels.pictures(), 2);
  EXPECT_THAT(statistics->heights, ElementsAre(Pair(40, 2)));
}

TEST(DatasetStatsTest, PrintsTheOptionsOfNormalize) {
  const ToolRun run =
      RunTool({"tools/dataset_stats",
               absl::StrCat("--dataset=[type.googleapis.com/recipe.Synthetic] "
                            "{ ",
                            kPictures, " }")});
  ASSERT_EQ(run.status, 0) << run.output;
  // The same, as the values that a network would see.
  const auto dataset = MakeOrDie<Dataset>("recipe.Synthetic", kPictures);
  ASSERT_OK(dataset->Open(Context()));
  double sum = 0;
  std::vector<float> values(3 * 9 * 7);
  for (int64_t i = 0; i < 103; ++i) {
    Example example;
    Rng rng(0);
    ASSERT_OK(dataset->Read(i, rng, &example));
    ASSERT_OK(example.images[0][0].Write(values.data()));
    for (size_t k = 0; k < 63; ++k) sum += values[k];
  }
  EXPECT_THAT(run.output,
              HasSubstr(absl::StrFormat("mean: [ %.4f, ", sum / (103 * 63))));
  EXPECT_THAT(run.output, HasSubstr("103 pictures of 6489 pixels in all"));
  EXPECT_THAT(run.output, HasSubstr("[type.googleapis.com/recipe.Normalize]"));
}

// A folder of two classes with one picture that is cut off.
std::string FolderOfPictures() {
  namespace fs = std::filesystem;
  const std::string folder = TestFolder() + "/pictures";
  const auto write = [&](const std::string& path, int64_t height, bool cut) {
    fs::create_directories(fs::path(folder + "/" + path).parent_path());
    const Bytes pixels(static_cast<size_t>(height * 4 * 3), 51);
    auto png = EncodePng({pixels.data(), height, 4, 3});
    EXPECT_OK(png);
    if (cut) png->resize(png->size() / 2);
    std::ofstream(folder + "/" + path, std::ios::binary) << *png;
  };
  write("cat/a.png", 2, false);
  write("cat/b.png", 6, false);
  write("cat/c.png", 40, true);
  write("dog/a.png", 4, false);
  return folder;
}

TEST(DatasetStatsTest, ListsBrokenFilesAndGoesOn) {
  const ToolRun run = RunTool(
      {"tools/dataset_stats", "--data=" + FolderOfPictures(),
       "--dataset=[type.googleapis.com/recipe.ImageFolder] { folder: '.' }"});
  ASSERT_EQ(run.status, 0) << run.output;
  EXPECT_THAT(run.output, HasSubstr("broken: 1\n"));
  EXPECT_THAT(run.output, HasSubstr("cat/c.png): "));
  EXPECT_THAT(run.output, HasSubstr("3 pictures of 48 pixels in all"));
  EXPECT_THAT(run.output, HasSubstr("cat           2\ndog           1\n"));
  EXPECT_THAT(run.output, HasSubstr("height      2       4     6\n"));
  EXPECT_THAT(run.output, HasSubstr("mean: [ 0.2000, 0.2000, 0.2000 ]\n"));
  EXPECT_THAT(run.output, HasSubstr("std: [ 0.0000, 0.0000, 0.0000 ]\n"));
  EXPECT_THAT(run.output, Not(HasSubstr("\r")));
}

TEST(DatasetStatsTest, SaysWhatIsWrong) {
  EXPECT_THAT(RunTool({"tools/dataset_stats"}).output,
              HasSubstr("--experiment must name a text-proto"));
  const ToolRun wrong =
      RunTool({"tools/dataset_stats",
               "--dataset=[type.googleapis.com/recipe.Sintetic] {}"});
  EXPECT_EQ(wrong.status, 1);
  EXPECT_THAT(wrong.output, HasSubstr("did you mean recipe.Synthetic?"));
  EXPECT_THAT(
      RunTool({"tools/dataset_stats", "--experiment=x", "--dataset=y"}).output,
      HasSubstr("--experiment and --dataset can't both be given"));
  EXPECT_THAT(RunTool({"tools/dataset_stats", "--threads=-3"}).output,
              HasSubstr("--threads must be at least 0, got -3"));
}

}  // namespace
}  // namespace toque
