#include <cmath>

#include "framework/codec/codec.h"
#include "tests/end_to_end/small_run.h"
#include "tests/tools/run_tool.h"
#include "tools/section.h"
#include "tools/shown_pictures.h"

namespace toque {
namespace {

using testing::HasSubstr;

// The small experiment over pictures of the given channels and 8 x 6 pixels.
// Its model doesn't fit them, and is never called.
std::string Pictures(int channels) {
  return absl::StrCat(
      "train { dataset { [type.googleapis.com/recipe.Synthetic] { kind: IMAGES "
      "shape: [",
      channels, ", 8, 6] } } ",
      "transform { "
      "[type.googleapis.com/recipe.HorizontalFlip] {} } }");
}

constexpr char kNormalize[] =
    "train { transform { [type.googleapis.com/recipe.Normalize] { mean: 0.3 "
    "std: 0.1 } } }";

OpenSection SectionWith(const std::vector<std::string>& changes) {
  auto section = OpenSectionOf(SmallExperiment(changes), "train", Context());
  EXPECT_OK(section);
  return *std::move(section);
}

std::vector<Sheet::Picture> Shown(const OpenSection& section, int64_t count,
                                  int64_t epoch = 0) {
  LoaderOptions options = section.options;
  options.epoch = epoch;
  auto pictures = ShownPictures(options, count, section.info);
  EXPECT_OK(pictures);
  return *std::move(pictures);
}

// Those of the loader's own first batch, and its classes as names.
std::vector<Sheet::Picture> FromTheBatch(const OpenSection& section) {
  const auto loader = Loader::Start(section.options);
  EXPECT_OK(loader);
  Batch batch;
  EXPECT_OK((*loader)->Next(&batch));
  std::vector<Sheet::Picture> pictures;
  const float* value = batch.input.data_ptr<float>();
  for (int64_t i = 0; i < batch.input.size(0); ++i) {
    Sheet::Picture picture;
    picture.name = absl::StrCat(batch.target.data_ptr<int64_t>()[i]);
    picture.height = 8;
    picture.width = 6;
    picture.pixels.resize(8 * 6 * 3);
    for (size_t c = 0; c < 3; ++c) {
      for (size_t pixel = 0; pixel < 48; ++pixel) {
        picture.pixels[pixel * 3 + c] =
            static_cast<uint8_t>(std::lround(*value++ * 255));
      }
    }
    pictures.push_back(picture);
  }
  return pictures;
}

TEST(OpenSectionTest, MakesBatchesInTheMemoryFormatOfTheRun) {
  EXPECT_FALSE(SectionWith({}).options.pixels.interleaved);
  EXPECT_TRUE(
      SectionWith({"memory_format: CHANNELS_LAST"}).options.pixels.interleaved);
}

TEST(OpenSectionTest, HasNoMoreExamplesThanARunThatOverfits) {
  const OpenSection section = SectionWith({"overfit_batches: 2"});
  EXPECT_EQ(section.options.end - section.options.begin,
            2 * section.options.batch_size);
}

TEST(ShownPicturesTest, AreThoseOfTheLoadersFirstBatch) {
  const OpenSection section = SectionWith({Pictures(3)});
  const auto shown = Shown(section, 8);
  const auto expected = FromTheBatch(section);
  ASSERT_EQ(shown.size(), 8u);
  ASSERT_EQ(expected.size(), 8u);
  for (size_t i = 0; i < shown.size(); ++i) {
    EXPECT_EQ(shown[i].name, expected[i].name);
    EXPECT_EQ(shown[i].height, 8);
    EXPECT_EQ(shown[i].width, 6);
    EXPECT_EQ(shown[i].pixels, expected[i].pixels) << i;
  }
}

TEST(ShownPicturesTest, AreNotNormalised) {
  const auto shown = Shown(SectionWith({Pictures(3), kNormalize}), 4);
  const auto plain = Shown(SectionWith({Pictures(3)}), 4);
  ASSERT_EQ(shown.size(), plain.size());
  for (size_t i = 0; i < shown.size(); ++i) {
    EXPECT_EQ(shown[i].pixels, plain[i].pixels);
  }
}

TEST(ShownPicturesTest, DifferFromEpochToEpoch) {
  const OpenSection section = SectionWith({Pictures(3)});
  EXPECT_NE(Shown(section, 8)[0].pixels, Shown(section, 8, 1)[0].pixels);
}

TEST(ShownPicturesTest, AreGreyOfOneChannel) {
  for (const Sheet::Picture& picture : Shown(SectionWith({Pictures(1)}), 3)) {
    ASSERT_EQ(picture.pixels.size(), 8u * 6 * 3);
    for (size_t i = 0; i < picture.pixels.size(); i += 3) {
      EXPECT_EQ(picture.pixels[i], picture.pixels[i + 1]);
      EXPECT_EQ(picture.pixels[i], picture.pixels[i + 2]);
    }
  }
}

// Clips of five frames of 32 x 32 pixels, of which three are picked.
constexpr char kClips[] =
    "train { dataset { [type.googleapis.com/recipe.MovingShapes] { frames: 5 "
    "sampler { [type.googleapis.com/recipe.TsnSegments] { mode: TEST } } } } }";

TEST(ShownPicturesTest, AreStripsOfTheFramesOfAClip) {
  const OpenSection section = SectionWith({kClips});
  const auto shown = Shown(section, 4);
  ASSERT_EQ(shown.size(), 4u);
  LoaderOptions options = section.options;
  options.batch_size = 4;
  const auto loader = Loader::Start(options);
  ASSERT_OK(loader);
  Batch batch;
  ASSERT_OK((*loader)->Next(&batch));  // [4, 3, 3, 32, 32]
  for (size_t i = 0; i < 4; ++i) {
    // Each dot is magnified threefold; four white ones are between frames.
    ASSERT_EQ(shown[i].height, 96);
    ASSERT_EQ(shown[i].width, 3 * 96 + 2 * 4);
    const auto levels = [&](int64_t x, int64_t y) {
      const uint8_t* level = &shown[i].pixels[(y * shown[i].width + x) * 3];
      return std::vector<int>(level, level + 3);
    };
    EXPECT_EQ(levels(97, 50), std::vector<int>(3, 255));
    for (const int64_t frame : {0, 1, 2}) {
      for (const int64_t place : {0, 15, 31}) {
        const float* value =
            batch.input.data_ptr<float>() +
            ((static_cast<int64_t>(i) * 3 + frame) * 3 * 32 + place) * 32 + 20;
        std::vector<int> expected;
        for (int c = 0; c < 3; ++c, value += 32 * 32) {
          expected.push_back(static_cast<int>(std::lround(*value * 255)));
        }
        EXPECT_EQ(levels(frame * 100 + 20 * 3 + 1, place * 3 + 2), expected);
      }
    }
  }
}

TEST(ShownPicturesTest, AreNoMoreThanAnEpochHas) {
  EXPECT_EQ(Shown(SectionWith({Pictures(3)}), 1000).size(), 80u);
}

TEST(ShownPicturesTest, NeedPictures) {
  const OpenSection section = SectionWith({});
  EXPECT_THAT(ShownPictures(section.options, 4, section.info),
              FailsWith("images"));
}

class ShowBatchTest : public testing::Test {
 protected:
  ShowBatchTest() { WriteBytes(experiment_, SmallExperimentText()); }

  ToolRun Show(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(),
                     {"tools/show_batch", "--experiment=" + experiment_});
    return RunTool(arguments);
  }

  const std::string folder_ = TestFolder();
  const std::string experiment_ = folder_ + "/small.textproto";
};

TEST_F(ShowBatchTest, DrawsASheetWithTheClassesBelow) {
  const std::string set = "--set=" + Pictures(3);
  const std::string sheet = folder_ + "/sheet";
  ToolRun run =
      Show({set, "--out=" + sheet + ".svg", "--examples=6", "--columns=3"});
  ASSERT_EQ(run.status, 0) << run.output;
  EXPECT_THAT(ReadBytes(sheet + ".svg"), HasSubstr("small: train, epoch 0"));
  run = Show({set, "--out=" + sheet + ".png"});
  ASSERT_EQ(run.status, 0) << run.output;
  const std::string png = ReadBytes(sheet + ".png");
  EXPECT_OK(ReadHeader(absl::MakeConstSpan(
      reinterpret_cast<const uint8_t*>(png.data()), png.size())));
}

TEST_F(ShowBatchTest, SaysWhatIsWrong) {
  EXPECT_THAT(Show({}).output, HasSubstr("--out must name a picture"));
  EXPECT_THAT(Show({"--out=x.png", "--columns=0"}).output,
              HasSubstr("--columns must be at least 1, got 0"));
  EXPECT_THAT(Show({"--out=x.png"}).output, HasSubstr("train: example "));
  EXPECT_THAT(Show({"--out=x.gif", "--set=" + Pictures(3)}).output,
              HasSubstr("a picture's name must end in .svg or .png"));
  EXPECT_EQ(Show({}).status, 1);
}

}  // namespace
}  // namespace toque
