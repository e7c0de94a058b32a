#include <filesystem>
#include <fstream>

#include "framework/testing/grey_clip.h"
#include "framework/video_index/video_index.h"
#include "nlohmann/json.hpp"
#include "tests/tools/run_tool.h"
#include "tools/video_facts.h"

namespace toque {
namespace {

namespace fs = std::filesystem;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

// An index of so many frames, `step` units of time apart.
VideoIndex Clip(int64_t frames, int64_t step, Rational time_base,
                Rational rate) {
  VideoIndex index;
  index.time_base = time_base;
  index.frame_rate = rate;
  for (int64_t i = 0; i < frames; ++i) {
    index.frames.push_back({.time = i * step});
    index.packets.push_back({.restart = i % 4 == 0});
  }
  return index;
}

TEST(VideoFactsTest, KeepTheRateExact) {
  const VideoFacts facts =
      VideoFacts::Of(Clip(300, 1001, {1, 30000}, {30000, 1001}));
  EXPECT_EQ(facts.RateText(), "30000/1001");
  EXPECT_NEAR(facts.rate.value(), 29.97003, 1e-5);
  EXPECT_NEAR(facts.seconds, 10.01, 1e-9);
  EXPECT_EQ(facts.key_frames, 75);
  EXPECT_EQ(facts.Json()["rate"], "30000/1001");
}

TEST(VideoFactsTest, TellTheLengthByTimesOrElseByTheRate) {
  EXPECT_DOUBLE_EQ(VideoFacts::Of(Clip(50, 0, {0, 1}, {25, 1})).seconds, 2);
  EXPECT_DOUBLE_EQ(VideoFacts::Of(Clip(50, 2, {1, 100}, {0, 1})).seconds, 1);
  // Times hold where the rate says something else.
  EXPECT_DOUBLE_EQ(VideoFacts::Of(Clip(50, 4, {1, 100}, {25, 1})).seconds, 2);
  const VideoFacts none = VideoFacts::Of(Clip(50, 0, {0, 1}, {0, 1}));
  EXPECT_EQ(none.seconds, 0);
  EXPECT_EQ(none.RateText(), "?");
  EXPECT_TRUE(none.Json()["rate"].is_null());
  EXPECT_TRUE(none.Json()["seconds"].is_null());
}

TEST(VideoFactsTest, AreOfTheUprightFrame) {
  VideoIndex index = Clip(1, 0, {0, 1}, {25, 1});
  index.codec.width = 32;
  index.codec.height = 24;
  index.rotation = 90;
  EXPECT_EQ(VideoFacts::Of(index).width, 24);
  EXPECT_EQ(VideoFacts::Of(index).height, 32);
}

class VideoInfoTest : public testing::Test {
 protected:
  VideoInfoTest() {
    WriteGreyClip(folder_ + "/set/a/x.avi", {20, 40, 60, 80});
    WriteGreyClip(folder_ + "/set/y.mp4", {20, 40});
  }

  ToolRun Run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(),
                     {"tools/video_info",
                      "--index_folder=" + folder_ + "/indexes", "--threads=2"});
    return RunTool(arguments);
  }

  const std::string folder_ = TestFolder();
};

TEST_F(VideoInfoTest, PrintsALineAFileAndKeepsTheirIndexes) {
  const ToolRun run = Run({folder_ + "/set"});
  EXPECT_EQ(run.status, 0) << run.output;
  EXPECT_THAT(run.output, ContainsRegex("/set/y.mp4 +2 .* 32x24 "));
  EXPECT_THAT(run.output, ContainsRegex("/set/a/x.avi +4 .* 32x24 "));
  EXPECT_THAT(run.output, Not(HasSubstr("broken")));
  EXPECT_FALSE(fs::is_empty(folder_ + "/indexes"));
}

TEST_F(VideoInfoTest, ListsBrokenFilesWithTheReason) {
  std::ofstream(folder_ + "/set/text.mp4") << "no video";
  std::ofstream(folder_ + "/set/empty.mkv").flush();
  const ToolRun run = Run({folder_ + "/set"});
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.output, ContainsRegex("/set/a/x.avi +4 "));
  EXPECT_THAT(run.output, ContainsRegex("broken:\n  .*/set/empty.mkv: .+\n  "
                                        ".*/set/text.mp4: .+\n"));
}

TEST_F(VideoInfoTest, PrintsJson) {
  std::ofstream(folder_ + "/set/text.mp4") << "no video";
  const ToolRun run = Run({"--json", folder_ + "/set"});
  EXPECT_EQ(run.status, 1);
  const auto json = nlohmann::json::parse(run.output, nullptr, false);
  ASSERT_TRUE(json.is_object()) << run.output;
  ASSERT_EQ(json["videos"].size(), 2u);
  EXPECT_EQ(json["videos"][0]["file"], folder_ + "/set/y.mp4");
  EXPECT_EQ(json["videos"][0]["frames"], 2);
  EXPECT_EQ(json["videos"][1]["frames"], 4);
  EXPECT_EQ(json["videos"][1]["width"], 32);
  EXPECT_EQ(json["videos"][1]["audio"], false);
  ASSERT_EQ(json["broken"].size(), 1u);
  EXPECT_EQ(json["broken"][0]["file"], folder_ + "/set/text.mp4");
  EXPECT_FALSE(json["broken"][0]["reason"].empty());
}

TEST_F(VideoInfoTest, SaysWhatIsWrong) {
  EXPECT_THAT(Run({}).output, HasSubstr("a video or a folder must be named"));
  EXPECT_THAT(Run({"/nowhere/x.mp4"}).output,
              HasSubstr("/nowhere/x.mp4: isn't there"));
  fs::create_directories(folder_ + "/empty");
  EXPECT_THAT(Run({folder_ + "/empty"}).output,
              HasSubstr("/empty: must hold a video"));
  EXPECT_THAT(Run({"--seconds=0", folder_}).output,
              HasSubstr("--seconds must be above 0, got 0"));
  EXPECT_EQ(Run({}).status, 1);
}

}  // namespace
}  // namespace toque
