#include <cmath>
#include <filesystem>
#include <fstream>

#include "framework/codec/encode.h"
#include "framework/core/dataset.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

class RawFramesTest : public testing::Test {
 protected:
  // A grey picture of one row.
  void Add(const std::string& path, const std::vector<uint8_t>& row) const {
    fs::create_directories(fs::path(folder_ + "/" + path).parent_path());
    std::ofstream(folder_ + "/" + path, std::ios::binary)
        << EncodePnm({row.data(), 1, static_cast<int64_t>(row.size()), 1});
  }

  // `picks` are all of one view.
  Made<Dataset> Open(const std::string& list, const std::string& picks,
                     std::string_view options = "") const {
    std::ofstream(folder_ + "/list.txt") << list;
    Made<Dataset> set = Make<Dataset>(
        "recipe.RawFrames",
        absl::StrCat("list: 'list.txt' picture: '%03d.pgm' sampler { "
                     "[type.googleapis.com/toque.TinyClipSampler] { ",
                     picks, " } } ", View(options)));
    if (!set.ok()) return set;
    RETURN_IF_ERROR((*set)->Open(Context().WithDataFolder(folder_)));
    return set;
  }

  // The levels of each image, of all channels, view by view.
  static std::vector<std::vector<float>> Read(const Dataset& set,
                                              int64_t index) {
    Example example;
    Rng rng(0);
    EXPECT_OK(set.Read(index, rng, &example));
    std::vector<std::vector<float>> levels;
    for (const auto& view : example.images) {
      for (const Image& image : view) {
        std::vector<float>& values =
            levels.emplace_back(static_cast<size_t>(image.elements()));
        EXPECT_OK(image.Write(values.data()));
        for (float& value : values) value = std::round(value * 255);
      }
    }
    return levels;
  }

  static absl::Status Fault(const Dataset& set, int64_t index) {
    Example example;
    Rng rng(0);
    const absl::Status status = set.Read(index, rng, &example);
    EXPECT_TRUE(absl::IsDataLoss(status)) << status;
    return status;
  }

  const std::string folder_ = TestFolder();
};

constexpr char kGrey[] = "decoding { channels: 1 }";

TEST_F(RawFramesTest, GivesThePickedFramesOfEachLine) {
  for (uint8_t i = 1; i <= 9; ++i) {
    Add(absl::StrCat("a/two words/00", i, ".pgm"), {i});
  }
  Add("b/012.pgm", {77, 78});
  const auto set =
      Open("a/two words 3 8 1\n\nb\t12\t12\t0\r\n", "segments: 3", kGrey);
  ASSERT_OK(set);
  EXPECT_EQ((*set)->size(), 2);
  EXPECT_EQ((*set)->Info().classes, 2);
  EXPECT_THAT((*set)->Info().class_names, IsEmpty());
  EXPECT_THAT(*(*set)->Labels(), ElementsAre(1, 0));
  EXPECT_EQ((*set)->Name(0), "example 0 (a/two words)");
  EXPECT_THAT(Read(**set, 0),
              ElementsAre(ElementsAre(3), ElementsAre(5), ElementsAre(7)));
  // One frame for all three picks.
  EXPECT_THAT(Read(**set, 1),
              ElementsAre(ElementsAre(77, 78), ElementsAre(77, 78),
                          ElementsAre(77, 78)));
}

TEST_F(RawFramesTest, PutsTheFramesOfEachViewTogether) {
  for (uint8_t i = 1; i <= 8; ++i) Add(absl::StrCat("a/00", i, ".pgm"), {i});
  const auto set = Open("a 1 8 0", "views: 2 segments: 2 frames: 2", kGrey);
  ASSERT_OK(set);
  Example example;
  Rng rng(0);
  ASSERT_OK((*set)->Read(0, rng, &example));
  ASSERT_EQ(example.images.size(), 2u);
  EXPECT_EQ(example.images[0].size(), 4u);
  EXPECT_EQ(example.images[1].size(), 4u);
  EXPECT_THAT(Read(**set, 0),
              ElementsAre(ElementsAre(1), ElementsAre(2), ElementsAre(3),
                          ElementsAre(4), ElementsAre(5), ElementsAre(6),
                          ElementsAre(7), ElementsAre(8)));
}

TEST_F(RawFramesTest, CountsFramesFromOneWhereTheListSaysHowMany) {
  for (uint8_t i = 1; i <= 4; ++i) Add(absl::StrCat("a/00", i, ".pgm"), {i});
  const auto set =
      Open("a 4 hat", "pick: [0, 3]",
           absl::StrCat("lines: COUNT class: ['coat', 'hat'] ", kGrey));
  ASSERT_OK(set);
  EXPECT_THAT(*(*set)->Labels(), ElementsAre(1));
  EXPECT_THAT(Read(**set, 0), ElementsAre(ElementsAre(1), ElementsAre(4)));
}

TEST_F(RawFramesTest, JoinsTheComponentsOfAFlow) {
  Add("a/x_00001.jpg", {10, 128, 20});  // a PGM, whatever its name says
  Add("a/y_00001.jpg", {30, 40, 50});
  const auto set = Open("a 1 1 0", "segments: 1", "kind: FLOW");
  ASSERT_OK(set);
  Example example;
  Rng rng(0);
  ASSERT_OK((*set)->Read(0, rng, &example));
  Image& image = example.images.at(0).at(0);
  EXPECT_EQ(image.channels(), 2);
  EXPECT_EQ(image.content(), Content::kFlow);
  EXPECT_THAT(Read(**set, 0),
              ElementsAre(ElementsAre(10, 128, 20, 30, 40, 50)));
  // Mirrored, what moved to the left moves to the right.
  image.Flip();
  std::vector<float> flipped(6);
  ASSERT_OK(image.Write(flipped.data()));
  for (float& value : flipped) value = std::round(value * 255);
  EXPECT_THAT(flipped, ElementsAre(235, 127, 245, 50, 40, 30));
}

TEST_F(RawFramesTest, CallsWhatIsMissingOrDoesNotFitBroken) {
  Add("a/001.pgm", {1});
  Add("a/002.pgm", {1, 2});
  Add("a/x_00001.jpg", {1});
  Add("a/y_00001.jpg", {1, 2});
  EXPECT_THAT(Fault(**Open("a 1 3 0", "pick: [0, 2]"), 0),
              FailsWith("003.pgm: can't be opened: No such file"));
  EXPECT_THAT(Fault(**Open("a 1 3 0", "pick: [0, 1]"), 0),
              FailsWith("frame 1 must have the size of frame 0, 1 x 1, got 2 x "
                        "1"));
  EXPECT_THAT(
      Fault(**Open("a 1 1 0", "segments: 1", "kind: FLOW"), 0),
      FailsWith("y_00001.jpg: must have the size of x_00001.jpg, 1 x 1, got 2 "
                "x 1"));
  std::ofstream(folder_ + "/a/001.pgm") << "no picture";
  EXPECT_THAT(Fault(**Open("a 1 1 0", "segments: 1"), 0),
              FailsWith("001.pgm: "));
}

TEST_F(RawFramesTest, NamesTheLineThatIsWrong) {
  const auto fault = [this](const std::string& line, const char* options = "") {
    return Open("a 1 2 0\n" + line, "", options).status();
  };
  EXPECT_THAT(fault("a 1 0"), FailsWith("list.txt:2: a line must be folder, "
                                        "first, last and label, got a 1 0"));
  EXPECT_THAT(fault("a 5 4 0"),
              FailsWith(":2: a clip's last frame must be from "
                        "5 to 1073741824, got 4"));
  EXPECT_THAT(fault("a -1 4 0"),
              FailsWith(":2: a clip's first frame must be at least 0, got -1"));
  EXPECT_THAT(fault("a 1 4 x"), FailsWith(":2: label must be a number, got x"));
  EXPECT_THAT(Open("a 0 0", "", "lines: COUNT"),
              FailsWith(":1: a clip's last frame must be from 1"));
  EXPECT_THAT(Open("a", "", "lines: COUNT"),
              FailsWith(":1: a line must be folder, count and label, got a"));
  EXPECT_THAT(Open("\n", ""), FailsWith("list.txt: must name a clip"));
}

TEST_F(RawFramesTest, RefusesBadOptions) {
  EXPECT_THAT(Make<Dataset>("recipe.RawFrames"),
              FailsWith("list must be given"));
  EXPECT_THAT(Make<Dataset>("recipe.RawFrames", "list: 'x'"),
              FailsWith("sampler must be given, as sampler { "
                        "[type.googleapis.com/recipe.TsnSegments] { segments: "
                        "3 } }"));
  EXPECT_THAT(Open("", "", "flow_x: 'x.jpg'"),
              FailsWith("flow_x must hold one %d or %05d, got x.jpg"));
  EXPECT_THAT(Open("", "", "classes: -1"), FailsWith("classes must be from 0"));
}

TEST_F(RawFramesTest, OpensTheDemonstration) {
  SKIP_WITHOUT_DATA();
  const Context context = Context().WithDataFolder(DataFolder());
  const std::string sampler =
      " sampler { [type.googleapis.com/toque.TinyClipSampler] { segments: 5 } "
      "}";
  const auto rgb = MakeOrDie<Dataset>(
      "recipe.RawFrames",
      "list: 'rawframes-demo/demo_dataset/annotations.txt'" + sampler);
  ASSERT_OK(rgb->Open(context));
  EXPECT_THAT(*rgb->Labels(), ElementsAre(0, 0, 1, 1));
  Example example;
  Rng rng(0);
  for (int64_t i = 3; i >= 0; --i) EXPECT_OK(rgb->Read(i, rng, &example));
  EXPECT_EQ(example.images[0][4].width(), 426);
  std::ofstream(folder_ + "/flow.txt") << "mmaction2-imgs 1 5 0";
  const auto flow = MakeOrDie<Dataset>(
      "recipe.RawFrames",
      absl::StrCat("list: '", folder_, "/flow.txt' folder: 'rawframes-demo' ",
                   "kind: FLOW", sampler));
  ASSERT_OK(flow->Open(context));
  ASSERT_OK(flow->Read(0, rng, &example));
  EXPECT_EQ(example.images[0][4].channels(), 2);
  EXPECT_EQ(example.images[0][4].width(), 320);
}

}  // namespace
}  // namespace toque
