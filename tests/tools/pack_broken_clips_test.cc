#include <filesystem>
#include <fstream>

#include "framework/pack/pack.h"
#include "framework/testing/grey_clip.h"
#include "framework/testing/video_file.h"
#include "tests/tools/run_tool.h"
#include "tools/clip_packing.h"

namespace toque {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

std::string Contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

class PackBrokenClipsTest : public testing::Test {
 protected:
  PackBrokenClipsTest() {
    for (int i = 0; i < 5; ++i) WriteClip(i);
  }

  void WriteClip(int i) const {
    WriteGreyClip(Path(i), {10 * i, 20 * i, 30 * i, 40 * i});
  }
  std::string Path(int i) const {
    return absl::StrCat(folder_, "/set/", i < 2 ? "a/" : "b/", i, ".mp4");
  }
  std::string Out(const std::string& name) const {
    return absl::StrCat(folder_, "/", name);
  }

  ToolRun PackSet(const std::string& dataset, const std::string& out,
                  std::vector<std::string> more) const {
    more.insert(more.begin(),
                {"tools/pack", "--dataset=[type.googleapis.com/" + dataset,
                 "--data=" + folder_, "--out=" + Out(out)});
    return RunTool(more);
  }
  ToolRun Pack(const std::string& out,
               std::vector<std::string> more = {}) const {
    more.push_back("--index_folder=" + folder_ + "/indexes");
    return PackSet("recipe.VideoFolder] { folder: 'set' }", out, more);
  }

  const std::string folder_ = TestFolder();
};

TEST_F(PackBrokenClipsTest, GoesOnWhereItWasStopped) {
  for (const char* kind : {"ORIGINAL", "SHORT_GROUPS", "FRAMES"}) {
    const std::string clips = absl::StrCat("--clips=", kind);
    const std::string out = absl::StrCat(kind, ".pack");
    ASSERT_EQ(Pack("whole" + out, {clips, "--threads=4"}).status, 0);
    std::ofstream(Path(3)) << "no video";
    const ToolRun stopped = Pack(out, {clips, "--threads=1"});
    EXPECT_EQ(stopped.status, 1);
    EXPECT_THAT(stopped.output, HasSubstr("example 3 (b/3.mp4): "));
    WriteClip(3);
    // As if it had been killed in the middle of a record.
    const std::string partial = Out(out + ".partial");
    fs::resize_file(partial, fs::file_size(partial) - 10);
    const ToolRun run = Pack(out, {clips});
    ASSERT_EQ(run.status, 0) << run.output;
    EXPECT_THAT(run.output, HasSubstr("goes on at example 2\n"));
    EXPECT_TRUE(Contents(Out(out)) == Contents(Out("whole" + out))) << kind;
  }
}

TEST_F(PackBrokenClipsTest, LeavesThemOutWhereItIsTold) {
  std::ofstream(Path(0)).flush();
  fs::resize_file(Path(2), fs::file_size(Path(2)) / 2);
  std::ofstream(Path(4)) << "no video";
  const ToolRun run = Pack("x.pack", {"--skip_broken"});
  ASSERT_EQ(run.status, 0) << run.output;
  for (const char* name : {"0 (a/0.mp4): ", "2 (b/2.mp4): ", "4 (b/4.mp4): "}) {
    EXPECT_THAT(run.output,
                HasSubstr(absl::StrCat("left out: example ", name)));
  }
  EXPECT_THAT(run.output, HasSubstr("2 examples, 0.0 MiB; 3 left out"));
  const auto reader = *PackReader::Open(Out("x.pack"));
  ASSERT_EQ(reader->size(), 2);
  EXPECT_EQ(reader->Name(1), "b/3.mp4");

  EXPECT_EQ(Pack("x.pack", {"--skip_broken"}).status, 0);
  const ToolRun all = Pack("x.pack");
  EXPECT_EQ(all.status, 1);
  EXPECT_THAT(all.output, HasSubstr("must hold every example without "
                                    "--skip_broken, got one without 3"));
}

TEST_F(PackBrokenClipsTest, RefusesAClipThatIsTooLargeForAPack) {
  for (const ClipKind kind :
       {ClipKind::kOriginal, ClipKind::kShortGroups, ClipKind::kFrames}) {
    ClipPacking options;
    options.kind = kind;
    EXPECT_OK(PackClip(Path(1), options));
    options.max_bytes = 100;
    const auto packed = PackClip(Path(1), options);
    EXPECT_TRUE(absl::IsDataLoss(packed.status()));
    EXPECT_THAT(packed,
                FailsWith("a packed clip must be of at most 100 bytes, got "));
  }
}

// Two files of FLV are one, but for the second one's head.
TEST_F(PackBrokenClipsTest, SaysHowToPackAClipWhoseHeadersChange) {
  constexpr size_t kHead = 13;
  VideoFile file = {.encoder = "libx264", .frames = 6};
  const std::string path = folder_ + "/set/a/x.flv";
  WriteVideo(file, path);
  const std::string first = Contents(path);
  file.options = "level=4.0";
  WriteVideo(file, path);
  const std::string second = Contents(path);
  std::ofstream(path, std::ios::binary) << first << second.substr(kHead);
  const ToolRun run = Pack("x.pack");
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.output,
              HasSubstr("example 2 (a/x.flv): the clip's headers change on the "
                        "way, which only short groups and pictures can hold; "
                        "--clips=SHORT_GROUPS or --clips=FRAMES packs it"));
  EXPECT_THAT(Pack("y.pack", {"--skip_broken"}).output,
              HasSubstr("5 examples, 0.0 MiB; 1 left out"));
  ASSERT_EQ(Pack("z.pack", {"--clips=FRAMES"}).status, 0);
  EXPECT_EQ((*PackReader::Open(Out("z.pack")))->Pictures(2), 12);
  EXPECT_EQ(Pack("w.pack", {"--clips=SHORT_GROUPS"}).status, 0);
}

TEST_F(PackBrokenClipsTest, TakesAClipThatIsTooSlowForBroken) {
  const ToolRun run = Pack("x.pack", {"--seconds=1e-9"});
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.output, HasSubstr("example 0 (a/0.mp4): the clip must take "
                                    "at most 1e-09 s to read"));
}

TEST_F(PackBrokenClipsTest, HeedsTheDataSetsOptionsForDecoding) {
  const ToolRun run = PackSet(
      "recipe.VideoFolder] { folder: 'set' decoding { max_pixels: 767 "
      "index_folder: 'own' } }",
      "x.pack", {});
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.output, HasSubstr("example 0 (a/0.mp4): "));
  const ToolRun whole = PackSet(
      "recipe.VideoFolder] { folder: 'set' decoding { max_pixels: 9999 "
      "index_folder: 'own' } }",
      "y.pack", {});
  ASSERT_EQ(whole.status, 0) << whole.output;
  EXPECT_FALSE(fs::is_empty(folder_ + "/own"));
}

TEST_F(PackBrokenClipsTest, PacksFramesThatASamplerPicksWhereThereAreNoFiles) {
  const ToolRun run = PackSet(
      "recipe.MovingShapes] { examples: 3 sampler { "
      "[type.googleapis.com/recipe.Uniform] { frames: 2 } } }",
      "x.pack", {});
  ASSERT_EQ(run.status, 0) << run.output;
  const auto reader = *PackReader::Open(Out("x.pack"));
  EXPECT_EQ(reader->size(), 3);
  EXPECT_EQ(reader->Pictures(0), 2);
  EXPECT_THAT(PackSet("recipe.MovingShapes] {}", "y.pack", {}).output,
              HasSubstr("recipe.MovingShapes: sampler must be given"));
}

TEST_F(PackBrokenClipsTest, RefusesFlagsThatMakeNoSense) {
  EXPECT_THAT(Pack("x.pack", {"--clips=ALL"}).output,
              HasSubstr("--clips must be ORIGINAL, SHORT_GROUPS or FRAMES, got "
                        "ALL"));
  const ToolRun run = Pack("x.pack", {"--group=3", "--crf=60", "--quality=80",
                                      "--short_side=8", "--longest_side=9"});
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(
      run.output,
      HasSubstr("--group must be given with --clips=SHORT_GROUPS alone, "
                "got --clips=ORIGINAL"));
  EXPECT_THAT(run.output, HasSubstr("--crf must be given with --clips=SHORT"));
  EXPECT_THAT(run.output, HasSubstr("--crf must be from 0 to 51, got 60"));
  EXPECT_THAT(run.output, HasSubstr("--quality must be given with --clips=FR"));
  EXPECT_THAT(run.output, HasSubstr("--short_side must be given with --clips="
                                    "SHORT_GROUPS or FRAMES alone"));
  EXPECT_THAT(run.output, HasSubstr("--longest_side must be given for pictures "
                                    "alone; --short_side is for clips"));
  EXPECT_THAT(Pack("x.pack", {"--clips=SHORT_GROUPS", "--group=0"}).output,
              HasSubstr("--group must be at least 1, got 0"));
  const ToolRun pictures =
      PackSet("recipe.Synthetic] { kind: IMAGES shape: [ 1, 8, 9 ] }", "x.pack",
              {"--clips=FRAMES", "--seconds=9"});
  EXPECT_EQ(pictures.status, 1);
  EXPECT_THAT(pictures.output,
              HasSubstr("--clips must be given for a data set of video files "
                        "alone, as recipe.VideoFolder"));
  EXPECT_THAT(pictures.output, HasSubstr("--seconds must be given for a data"));
}

}  // namespace
}  // namespace toque
