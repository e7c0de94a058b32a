#include <algorithm>
#include <cmath>
#include <filesystem>

#include "framework/core/dataset.h"
#include "framework/pack/pack.h"
#include "framework/testing/video_file.h"
#include "framework/video/packed_clip.h"
#include "framework/video_index/make_index.h"
#include "tests/tools/run_tool.h"

namespace toque {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr char kAllFrames[] =
    "sampler { [type.googleapis.com/recipe.Uniform] { frames: 20 } }";
constexpr char kSomeFrames[] =
    "sampler { [type.googleapis.com/recipe.TsnSegments] { segments: 4 } }";

using Pixels = std::vector<uint8_t>;

// A slope that goes down and changes its colour, without edges.
Pixels DrawSlope(const VideoFile& file, int t) {
  Pixels pixels;
  for (int y = 0; y < file.height; ++y) {
    for (int x = 0; x < file.width; ++x) {
      pixels.push_back(static_cast<uint8_t>(30 + 2 * x + 3 * t));
      pixels.push_back(static_cast<uint8_t>(60 + y + 4 * t));
      pixels.push_back(static_cast<uint8_t>(200 - x - 5 * t));
    }
  }
  return pixels;
}

// In decibels.
double Psnr(const Pixels& a, const Pixels& b) {
  EXPECT_EQ(a.size(), b.size());
  double sum = 1e-9;
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    sum += std::pow(int{a[i]} - int{b[i]}, 2);
  }
  return 10 * std::log10(255 * 255 / (sum / static_cast<double>(a.size())));
}

class PackClipsTest : public testing::Test {
 protected:
  PackClipsTest() {
    fs::create_directories(folder_ + "/set/a");
    fs::create_directories(folder_ + "/set/b");
    VideoFile file = {.draw = DrawSlope};
    WriteVideo(file, Path(0));
    file.b_frames = 2;
    WriteVideo(file, Path(1));
    file.encoder = "libx264";
    file.group = 20;
    WriteVideo(file, Path(2));
  }

  std::string Path(size_t i) const {
    constexpr const char* kNames[] = {"a/0.mp4", "a/1.avi", "b/2.mkv"};
    return absl::StrCat(folder_, "/set/", kNames[i]);
  }

  ToolRun Pack(const std::string& out, std::vector<std::string> more = {},
               const std::string& options = "") const {
    more.insert(more.begin(),
                {"tools/pack",
                 "--dataset=[type.googleapis.com/recipe.VideoFolder] { folder: "
                 "'set' " +
                     options + " }",
                 "--data=" + folder_, "--out=" + Out(out),
                 "--index_folder=" + folder_ + "/indexes"});
    return RunTool(more);
  }
  std::string Out(const std::string& name) const {
    return folder_ + "/" + name;
  }

  std::unique_ptr<Dataset> OpenPack(const std::string& name,
                                    const std::string& sampler) const {
    auto set =
        MakeOrDie<Dataset>("recipe.PackedVideo",
                           absl::StrCat("file: '", Out(name), "' ", sampler));
    EXPECT_OK(set->Open(Context()));
    return set;
  }
  std::unique_ptr<Dataset> OpenFolder(const std::string& sampler) const {
    auto set = MakeOrDie<Dataset>(
        "recipe.VideoFolder",
        "folder: 'set' decoding { index_folder: 'indexes' } " + sampler);
    EXPECT_OK(set->Open(Context().WithDataFolder(folder_)));
    return set;
  }

  const std::string folder_ = TestFolder();
};

std::vector<Pixels> Read(const Dataset& set, int64_t index) {
  Rng rng(7, 0, static_cast<uint64_t>(index));
  Example example;
  EXPECT_OK(set.Read(index, rng, &example)) << set.Name(index);
  std::vector<Pixels> frames;
  for (Image& image : example.images.at(0)) {
    const auto pixels = image.Edit();
    EXPECT_OK(pixels);
    const int64_t size = pixels->height * pixels->width * pixels->channels;
    frames.emplace_back(pixels->data, pixels->data + size);
  }
  return frames;
}

void ExpectEqual(const Dataset& packed, const Dataset& files) {
  ASSERT_EQ(packed.size(), files.size());
  EXPECT_EQ(*packed.Labels(), *files.Labels());
  EXPECT_EQ(packed.Info().class_names, files.Info().class_names);
  for (int64_t i = 0; i < files.size(); ++i) {
    EXPECT_EQ(packed.Name(i), files.Name(i));
    EXPECT_TRUE(Read(packed, i) == Read(files, i)) << files.Name(i);
  }
}

// The least of the frames of the packed clip against a plain decode of `path`.
double LeastPsnr(const Dataset& packed, int64_t index,
                 const std::string& path) {
  const std::vector<Pixels> frames = Read(packed, index);
  std::vector<Pixels> plain;
  DecodePlainly(
      path, [&](const PlainFrame& frame) { plain.push_back(frame.pixels); });
  EXPECT_EQ(frames.size(), plain.size());
  double least = 1000;
  for (size_t i = 0; i < std::min(frames.size(), plain.size()); ++i) {
    least = std::min(least, Psnr(frames[i], plain[i]));
  }
  return least;
}

VideoIndex IndexAt(const PackReader& reader, int64_t example) {
  std::vector<uint8_t> buffer;
  const auto bytes = reader.Read(example, 0, &buffer);
  EXPECT_OK(bytes);
  const auto clip = ReadPacked(*bytes);
  EXPECT_OK(clip);
  return clip->index;
}

TEST_F(PackClipsTest, OriginalsGiveTheVerySamePixels) {
  const ToolRun run = Pack("x.pack");
  ASSERT_EQ(run.status, 0) << run.output;
  EXPECT_THAT(run.output, HasSubstr("/x.pack: 3 examples, 0.0 MiB; 0 left"));
  for (const char* sampler : {kSomeFrames, kAllFrames}) {
    ExpectEqual(*OpenPack("x.pack", sampler), *OpenFolder(sampler));
  }
  EXPECT_THAT(*OpenFolder(kAllFrames)->Labels(), ElementsAre(0, 0, 1));
  EXPECT_FALSE(fs::is_empty(folder_ + "/indexes"));
}

TEST_F(PackClipsTest, SaysNothingOfCodecsWhereIndexesAreThere) {
  ASSERT_EQ(Pack("x.pack").status, 0);
  for (const char* kind : {"SHORT_GROUPS", "FRAMES"}) {
    const ToolRun run = Pack(kind, {absl::StrCat("--clips=", kind)});
    EXPECT_EQ(run.status, 0);
    EXPECT_THAT(run.output, testing::Not(HasSubstr(" @ 0x")));
  }
}

TEST_F(PackClipsTest, ShortGroupsShowTheSameFrames) {
  const ToolRun run =
      Pack("x.pack", {"--clips=SHORT_GROUPS", "--group=5", "--crf=15"});
  ASSERT_EQ(run.status, 0) << run.output;
  const auto set = OpenPack("x.pack", kAllFrames);
  const auto reader = *PackReader::Open(Out("x.pack"));
  for (int64_t i = 0; i < 3; ++i) {
    EXPECT_GT(LeastPsnr(*set, i, Path(static_cast<size_t>(i))), 35) << i;
    const VideoIndex index = IndexAt(*reader, i);
    EXPECT_EQ(index.codec_name, "h264");
    EXPECT_EQ(std::ranges::count(index.packets, true, &VideoPacket::restart),
              4);
  }
}

TEST_F(PackClipsTest, FramesAreJpegs) {
  const ToolRun run = Pack("x.pack", {"--clips=FRAMES", "--quality=95"});
  ASSERT_EQ(run.status, 0) << run.output;
  const auto set = OpenPack("x.pack", kAllFrames);
  const auto reader = *PackReader::Open(Out("x.pack"));
  for (int64_t i = 0; i < 3; ++i) {
    EXPECT_EQ(reader->Pictures(i), 20);
    std::vector<uint8_t> buffer;
    const auto bytes = *reader->Read(i, 19, &buffer);
    EXPECT_THAT(bytes.first(3), ElementsAre(0xff, 0xd8, 0xff));
    EXPECT_GT(LeastPsnr(*set, i, Path(static_cast<size_t>(i))), 35) << i;
  }
}

TEST_F(PackClipsTest, ShrinkTheShorterSideOfUprightFrames) {
  WriteVideo({.frames = 3, .rotation = 90}, Path(0));  // upright 64 x 48
  const char* const kSide = "--short_side=24";
  ASSERT_EQ(Pack("x.pack", {"--clips=FRAMES", kSide}).status, 0);
  ASSERT_EQ(Pack("y.pack", {"--clips=SHORT_GROUPS", kSide}).status, 0);
  for (const char* name : {"x.pack", "y.pack"}) {
    const auto set = OpenPack(name, kSomeFrames);
    const std::vector<std::pair<int64_t, int64_t>> sizes = {
        {32, 24}, {24, 32}, {24, 32}};
    for (int64_t i = 0; i < 3; ++i) {
      Rng rng(0);
      Example example;
      ASSERT_OK(set->Read(i, rng, &example));
      const Image& image = example.images.at(0).at(0);
      EXPECT_EQ(std::pair(image.height(), image.width()),
                sizes[static_cast<size_t>(i)])
          << name << " " << i;
    }
  }
  ASSERT_EQ(Pack("z.pack", {"--clips=FRAMES", "--short_side=48"}).status, 0);
  EXPECT_EQ(Read(*OpenPack("z.pack", kSomeFrames), 1)[0].size(), 48u * 64 * 3);
}

TEST_F(PackClipsTest, TakesClipsOfAnExperimentWhateverItsSampler) {
  const std::string path = folder_ + "/x.textproto";
  std::ofstream(path) << "test { dataset { "
                         "[type.googleapis.com/recipe.VideoFolder] { folder: "
                         "'set' "
                      << kSomeFrames << " } } range { begin: 1 end: 3 } }";
  const std::vector<std::string> words = {
      "tools/pack",        "--experiment=" + path,   "--section=test",
      "--data=" + folder_, "--out=" + Out("x.pack"), "--index_folder="};
  const ToolRun run = RunTool(words);
  ASSERT_EQ(run.status, 0) << run.output;
  EXPECT_FALSE(fs::exists(folder_ + "/indexes"));
  const auto reader = *PackReader::Open(Out("x.pack"));
  ASSERT_EQ(reader->size(), 2);
  EXPECT_EQ(reader->Name(1), "b/2.mkv");
  EXPECT_EQ(IndexAt(*reader, 1).size(), 20);
}

TEST_F(PackClipsTest, DoesNotAskWhichFramesASamplerWouldPick) {
  ASSERT_EQ(Pack("x.pack").status, 0);
  for (const char* sampler : {kSomeFrames, kAllFrames}) {
    const ToolRun run = Pack("x.pack", {}, sampler);
    EXPECT_EQ(run.status, 0);
    EXPECT_THAT(run.output, HasSubstr("is packed already"));
  }
  EXPECT_THAT(Pack("x.pack", {"--clips=SHORT_GROUPS"}).output,
              HasSubstr("x.pack: exists and is no pack of this data set"));
}

TEST_F(PackClipsTest, PacksUcf101) {
  SKIP_WITHOUT_DATA();
  fs::remove_all(folder_ + "/set");
  std::vector<std::string> names = {"a/x.avi", "b/y.avi", "c/z.avi"};
  for (const auto& entry :
       fs::recursive_directory_iterator(DataFolder() + "/ucf101-6")) {
    if (entry.path().extension() != ".avi" || names.empty()) continue;
    const std::string path = absl::StrCat(folder_, "/set/", names.back());
    fs::create_directories(fs::path(path).parent_path());
    fs::copy_file(entry.path(), path);
    names.pop_back();
  }
  ASSERT_EQ(Pack("x.pack").status, 0);
  ExpectEqual(*OpenPack("x.pack", kSomeFrames), *OpenFolder(kSomeFrames));
  ASSERT_EQ(Pack("y.pack", {"--clips=SHORT_GROUPS"}).status, 0);
  ASSERT_EQ(Pack("z.pack", {"--clips=FRAMES"}).status, 0);
  const auto files = OpenFolder(kSomeFrames);
  for (const char* name : {"y.pack", "z.pack"}) {
    const auto set = OpenPack(name, kSomeFrames);
    for (int64_t i = 0; i < 3; ++i) {
      const std::vector<Pixels> packed = Read(*set, i), own = Read(*files, i);
      for (size_t frame = 0; frame < own.size(); ++frame) {
        EXPECT_GT(Psnr(packed[frame], own[frame]), 28) << name << " " << i;
      }
    }
  }
}

}  // namespace
}  // namespace toque
