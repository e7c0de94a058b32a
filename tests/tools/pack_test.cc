#include "framework/pack/pack.h"

#include <filesystem>

#include "framework/codec/encode.h"
#include "framework/image/image.h"
#include "tests/tools/run_tool.h"

namespace toque {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kDataset[] =
    "--dataset=[type.googleapis.com/recipe.ImageFolder] { folder: 'set' }";

class PackToolTest : public testing::Test {
 protected:
  PackToolTest() {
    fs::create_directories(folder_ + "/set/a");
    fs::create_directories(folder_ + "/set/b");
    for (int i = 0; i < 6; ++i) Write(i, Picture(i));
  }

  static std::string Path(int i) {
    return absl::StrCat("set/", i < 2 ? "a" : "b", "/", i, ".png");
  }
  void Write(int i, const std::string& bytes) const {
    WriteFile(folder_ + "/" + Path(i), bytes);
  }
  static void WriteFile(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
  }
  static std::string Contents(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  }

  // A left half of grey `20 * i` and a right half of grey 255, 60 x 40.
  static std::string Picture(int i) {
    std::vector<uint8_t> pixels(size_t{40} * 60 * 3, 255);
    for (size_t p = 0; p < pixels.size(); ++p) {
      if (p / 3 % 60 < 30) pixels[p] = static_cast<uint8_t>(20 * i);
    }
    const auto bytes = EncodePng({pixels.data(), 40, 60, 3});
    EXPECT_OK(bytes);
    return *bytes;
  }

  ToolRun Pack(const std::string& out,
               const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {"tools/pack", kDataset,
                                          "--data=" + folder_,
                                          "--out=" + folder_ + "/" + out};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunTool(arguments);
  }

  std::unique_ptr<PackReader> Open(const std::string& name) const {
    auto reader = PackReader::Open(folder_ + "/" + name);
    EXPECT_OK(reader);
    return reader.ok() ? *std::move(reader) : nullptr;
  }
  static std::string Bytes(const PackReader& reader, int64_t i) {
    std::vector<uint8_t> buffer;
    const auto bytes = reader.Read(i, 0, &buffer);
    EXPECT_OK(bytes);
    return std::string(bytes->begin(), bytes->end());
  }

  const std::string folder_ = TestFolder();
};

TEST_F(PackToolTest, KeepsTheBytesOfPictures) {
  const ToolRun run = Pack("x.pack");
  ASSERT_EQ(run.status, 0) << run.output;
  EXPECT_THAT(run.output, HasSubstr("/x.pack: 6 examples, 0.0 MiB; 0 left"));
  const auto reader = Open("x.pack");
  ASSERT_EQ(reader->size(), 6);
  EXPECT_THAT(reader->class_names(), ElementsAre("a", "b"));
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(Bytes(*reader, i), Picture(i));
    EXPECT_EQ(reader->Label(i), i < 2 ? 0 : 1);
    EXPECT_EQ("set/" + reader->Name(i), Path(i));
  }
}

TEST_F(PackToolTest, ShrinksToALongestSide) {
  ASSERT_EQ(Pack("x.pack", {"--longest_side=30", "--quality=95"}).status, 0);
  const auto reader = Open("x.pack");
  for (int i = 0; i < 6; ++i) {
    const std::string bytes = Bytes(*reader, i);
    EXPECT_EQ(bytes.substr(0, 3), "\xff\xd8\xff");
    Image image;
    ASSERT_OK(image.Open(
        {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()}));
    ASSERT_EQ(image.height(), 20);
    ASSERT_EQ(image.width(), 30);
    std::vector<float> pixels(3 * 20 * 30);
    ASSERT_OK(image.Write(pixels.data()));
    EXPECT_NEAR(pixels[2] * 255, 20 * i, 6);  // far from the edge at column 15
    EXPECT_NEAR(pixels[27] * 255, 255, 6);
  }
  ASSERT_EQ(Pack("y.pack", {"--longest_side=60"}).status, 0);
  EXPECT_EQ(Bytes(*Open("y.pack"), 1), Picture(1));
}

TEST_F(PackToolTest, StopsAtABrokenPictureAndGoesOnWhenItIsMended) {
  ASSERT_EQ(Pack("whole.pack", {"--threads=3"}).status, 0);
  Write(3, Picture(3).substr(0, 60));
  const ToolRun stopped = Pack("x.pack", {"--threads=1"});
  EXPECT_EQ(stopped.status, 1);
  EXPECT_THAT(stopped.output, HasSubstr("example 3 (b/3.png): "));
  EXPECT_FALSE(fs::exists(folder_ + "/x.pack"));
  Write(3, Picture(3));
  // Those that are packed already are not read again.
  Write(1, "broken");
  const ToolRun run = Pack("x.pack");
  ASSERT_EQ(run.status, 0) << run.output;
  EXPECT_THAT(run.output, HasSubstr("goes on at example 3\n"));
  EXPECT_EQ(Contents(folder_ + "/x.pack"), Contents(folder_ + "/whole.pack"));
}

TEST_F(PackToolTest, LeavesBrokenPicturesOutWhereItIsTold) {
  Write(1, "no picture");
  Write(4, Picture(4).substr(0, 100));
  const ToolRun run = Pack("x.pack", {"--skip_broken"});
  ASSERT_EQ(run.status, 0) << run.output;
  EXPECT_THAT(run.output, HasSubstr("left out: example 1 (a/1.png): "));
  EXPECT_THAT(run.output, HasSubstr("left out: example 4 (b/4.png): "));
  EXPECT_THAT(run.output, HasSubstr("4 examples, 0.0 MiB; 2 left out"));
  const auto reader = Open("x.pack");
  ASSERT_EQ(reader->size(), 4);
  EXPECT_EQ(reader->Name(1), "b/2.png");
  EXPECT_EQ(Bytes(*reader, 3), Picture(5));
}

TEST_F(PackToolTest, GoesOnWithTheSameOptionsAlone) {
  Write(3, "broken");
  ASSERT_EQ(Pack("x.pack").status, 1);
  EXPECT_THAT(Pack("x.pack", {"--longest_side=30"}).output,
              HasSubstr("x.pack.partial: was begun from another data set"));
}

TEST_F(PackToolTest, DoesNotGoOnWithAnotherFolderOrOtherLabels) {
  Write(3, "broken");
  ASSERT_EQ(Pack("x.pack").status, 1);
  Write(3, Picture(3));
  fs::create_directories(folder_ + "/other");
  fs::copy(folder_ + "/set", folder_ + "/other/set",
           fs::copy_options::recursive);
  const auto refused = HasSubstr("x.pack.partial: was begun from another data");
  EXPECT_THAT(Pack("x.pack", {"--data=" + folder_ + "/other"}).output, refused);
  // As many examples, one of another class.
  fs::rename(folder_ + "/set/b/2.png", folder_ + "/set/a/2.png");
  EXPECT_THAT(Pack("x.pack").output, refused);
  fs::rename(folder_ + "/set/a/2.png", folder_ + "/set/b/2.png");
  EXPECT_EQ(Pack("x.pack").status, 0);
}

TEST_F(PackToolTest, KeepsAFinishedPack) {
  ASSERT_EQ(Pack("x.pack").status, 0);
  const std::string bytes = Contents(folder_ + "/x.pack");
  Write(1, "broken");  // isn't read
  const ToolRun again = Pack("x.pack");
  EXPECT_EQ(again.status, 0);
  EXPECT_THAT(again.output, HasSubstr("is packed already"));
  EXPECT_THAT(again.output, HasSubstr("6 examples, 0.0 MiB; 0 left out"));
  const ToolRun other = Pack("x.pack", {"--longest_side=30"});
  EXPECT_EQ(other.status, 1);
  EXPECT_THAT(other.output, HasSubstr("x.pack: exists and is no pack of this"));
  EXPECT_EQ(Contents(folder_ + "/x.pack"), bytes);
  Write(1, Picture(1));
  ASSERT_EQ(Pack("x.pack", {"--longest_side=30", "--overwrite"}).status, 0);
  EXPECT_NE(Contents(folder_ + "/x.pack"), bytes);
}

TEST_F(PackToolTest, PacksPixelsAsPng) {
  const ToolRun run = Pack(
      "x.pack", {"--dataset=[type.googleapis.com/recipe.Synthetic] "
                 "{ kind: IMAGES examples: 3 classes: 3 shape: [ 1, 8, 9 ] }"});
  ASSERT_EQ(run.status, 0) << run.output;
  const auto reader = Open("x.pack");
  EXPECT_EQ(reader->size(), 3);
  EXPECT_EQ(reader->Label(2), 2);
  EXPECT_EQ(Bytes(*reader, 0).substr(1, 3), "PNG");
}

TEST_F(PackToolTest, PacksTheSectionOfAnExperiment) {
  const std::string path = folder_ + "/x.textproto";
  WriteFile(path, R"(eval {
    dataset { [type.googleapis.com/recipe.ImageFolder] { folder: "set" } }
    range { begin: 1 end: 3 }
  })");
  const ToolRun run =
      RunTool({"tools/pack", "--experiment=" + path, "--section=eval",
               "--data=" + folder_, "--out=" + folder_ + "/x.pack"});
  ASSERT_EQ(run.status, 0) << run.output;
  const auto reader = Open("x.pack");
  ASSERT_EQ(reader->size(), 2);
  EXPECT_EQ(Bytes(*reader, 0), Picture(1));
  EXPECT_EQ(Bytes(*reader, 1), Picture(2));
}

TEST_F(PackToolTest, SaysWhatIsWrong) {
  EXPECT_THAT(RunTool({"tools/pack", kDataset}).output,
              HasSubstr("--out must be given"));
  EXPECT_THAT(RunTool({"tools/pack", "--out=x"}).output,
              HasSubstr("--dataset or --experiment must be given"));
  EXPECT_THAT(Pack("x.pack", {"--quality=0"}).output,
              HasSubstr("--quality must be from 1 to 100, got 0"));
  fs::remove_all(folder_ + "/set");
  const ToolRun run = Pack("x.pack");
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.output, HasSubstr("/set: can't be opened: No such file"));
}

}  // namespace
}  // namespace toque
