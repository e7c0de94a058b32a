#include "framework/shared/clip_reading.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "framework/testing/grey_clip.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

absl::StatusOr<FramePicker> Picker(std::string_view sampler) {
  return FramePicker::Of(true, AnyOf("toque.TinyClipSampler", sampler),
                         Context().At("train").At("dataset"));
}

class ClipReadingTest : public testing::Test {
 protected:
  // Keeps indexes in the folder "indexes".
  ClipReading Reading(std::string_view sampler,
                      std::string_view folder = "indexes") const {
    toque::VideoDecoding decoding;
    decoding.set_index_folder(std::string(folder));
    auto reading = ClipReading::Of(*Picker(sampler), decoding);
    EXPECT_OK(reading);
    reading->Open(Context().WithDataFolder(folder_));
    return *std::move(reading);
  }

  std::vector<std::vector<int>> Read(const ClipReading& reading) const {
    Example example;
    Rng rng(3);
    EXPECT_OK(reading.Read(clip_, rng, &example));
    return GreyLevels(example);
  }

  const std::string folder_ = TestFolder();
  const std::string clip_ = folder_ + "/clip.avi";
};

TEST_F(ClipReadingTest, PutsThePickedFramesOfEachViewTogether) {
  WriteGreyClip(clip_, {20, 40, 60, 80, 100, 120, 140, 160});
  EXPECT_THAT(Read(Reading("views: 2 segments: 2 frames: 2")),
              ElementsAre(ElementsAre(20, 40, 60, 80),
                          ElementsAre(100, 120, 140, 160)));
  EXPECT_THAT(Read(Reading("segments: 3 pick: [6, 0, 6]")),
              ElementsAre(ElementsAre(140, 20, 140)));
}

TEST_F(ClipReadingTest, FollowsTheSamplerWhereAClipIsShort) {
  WriteGreyClip(clip_, {50, 200});
  EXPECT_THAT(Read(Reading("segments: 4")),
              ElementsAre(ElementsAre(50, 50, 200, 200)));
  WriteGreyClip(clip_, {90});
  EXPECT_THAT(Read(Reading("segments: 2")), ElementsAre(ElementsAre(90, 90)));
}

TEST_F(ClipReadingTest, ReadsAnewAFileThatWasReplaced) {
  WriteGreyClip(clip_, {20, 40, 60, 80});
  const ClipReading reading = Reading("segments: 2");
  EXPECT_THAT(Read(reading), ElementsAre(ElementsAre(20, 60)));
  WriteGreyClip(clip_, {220, 200, 180, 160, 140, 120});
  EXPECT_THAT(Read(reading), ElementsAre(ElementsAre(220, 160)));
  std::ofstream(clip_) << "no video";
  Example example;
  Rng rng(0);
  EXPECT_TRUE(absl::IsDataLoss(reading.Read(clip_, rng, &example)));
  fs::remove(clip_);
  EXPECT_TRUE(absl::IsDataLoss(reading.Read(clip_, rng, &example)));
}

TEST_F(ClipReadingTest, KeepsIndexesWhereItIsTold) {
  const std::string cache = folder_ + "/cache";
  ASSERT_EQ(setenv("XDG_CACHE_HOME", cache.c_str(), 1), 0);
  WriteGreyClip(clip_, {20, 40, 60, 80});
  Read(Reading("", ""));
  Read(Reading("", "indexes"));
  EXPECT_FALSE(fs::exists(cache));
  EXPECT_FALSE(fs::is_empty(folder_ + "/indexes"));
  auto reading = ClipReading::Of(*Picker(""), toque::VideoDecoding());
  ASSERT_OK(reading);
  reading->Open(Context());
  Read(*reading);
  EXPECT_FALSE(fs::is_empty(cache + "/toque/video_index"));
}

TEST(DefaultIndexFolderTest, IsInTheUsersCacheFolder) {
  ASSERT_EQ(setenv("HOME", "/users/me", 1), 0);
  ASSERT_EQ(setenv("XDG_CACHE_HOME", "/caches", 1), 0);
  EXPECT_EQ(DefaultIndexFolder(), "/caches/toque/video_index");
  ASSERT_EQ(setenv("XDG_CACHE_HOME", "relative", 1), 0);
  EXPECT_EQ(DefaultIndexFolder(), "/users/me/.cache/toque/video_index");
  ASSERT_EQ(unsetenv("XDG_CACHE_HOME"), 0);
  EXPECT_EQ(DefaultIndexFolder(), "/users/me/.cache/toque/video_index");
  ASSERT_EQ(unsetenv("HOME"), 0);
  EXPECT_EQ(DefaultIndexFolder(), "");
}

int64_t OpenFiles() {
  const fs::directory_iterator files("/proc/self/fd");
  return std::distance(fs::begin(files), fs::end(files));
}

TEST_F(ClipReadingTest, ReadsFromSeveralThreadsAndKeepsNoFileOpen) {
  WriteGreyClip(clip_, {20, 40, 60, 80});
  const ClipReading reading = Reading("segments: 2");
  Read(reading);
  const int64_t before = OpenFiles();
  std::vector<std::vector<std::vector<int>>> levels(4);
  std::vector<std::thread> threads;
  for (auto& own : levels) {
    threads.emplace_back([&] {
      for (int i = 0; i < 5; ++i) own = Read(reading);
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& own : levels) {
    EXPECT_THAT(own, ElementsAre(ElementsAre(20, 60)));
  }
  EXPECT_EQ(OpenFiles(), before);
}

TEST_F(ClipReadingTest, RefusesPicksThatDoNotFit) {
  WriteGreyClip(clip_, {20, 40, 60});
  Example example;
  Rng rng(0);
  EXPECT_THAT(Reading("pick: 0").Read(clip_, rng, &example),
              FailsWith("sampler must pick 2 frames, as its layout says, got "
                        "1"));
  EXPECT_THAT(Reading("pick: [0, 3]").Read(clip_, rng, &example),
              FailsWith("a picked frame must be at least 0 and below 3, got "
                        "3"));
}

TEST(FramePickerTest, NeedsASamplerOfFrames) {
  EXPECT_THAT(FramePicker::Of(false, {}, Context()),
              FailsWith("sampler must be given, as sampler { "
                        "[type.googleapis.com/recipe.TsnSegments] { segments: "
                        "3 } }"));
  EXPECT_THAT(Picker("orders_examples: true"),
              FailsWith("train.dataset.sampler: toque.TinyClipSampler orders "
                        "examples, and a sampler that picks the frames of a "
                        "clip is needed here"));
  Example example;
  Rng rng(0);
  PickedFrames picked;
  const absl::Status empty = Picker("")->Pick(0, rng, &example, &picked);
  EXPECT_THAT(empty, FailsWith("a clip must have a frame"));
  EXPECT_TRUE(absl::IsDataLoss(empty));
}

TEST(ClipReadingOptionsTest, RefuseWhatIsOutOfRange) {
  toque::VideoDecoding decoding;
  decoding.set_max_pixels(0);
  decoding.set_seconds(0);
  const auto reading = ClipReading::Of(*Picker(""), decoding);
  EXPECT_THAT(reading,
              FailsWith("decoding.max_pixels must be at least 1, got 0"));
  EXPECT_THAT(reading, FailsWith("decoding.seconds must be above 0, got 0"));
}

}  // namespace
}  // namespace toque
