#include <cmath>
#include <filesystem>
#include <fstream>

#include "framework/codec/encode.h"
#include "framework/core/dataset.h"
#include "framework/pack/pack.h"
#include "framework/testing/grey_clip.h"
#include "framework/testing/testing.h"
#include "framework/video_index/make_index.h"
#include "framework/video/packed_clip.h"

namespace toque {
namespace {

using testing::ElementsAre;

// A grey picture of one row as a file.
std::string Picture(const std::vector<uint8_t>& row) {
  return EncodePnm({row.data(), 1, static_cast<int64_t>(row.size()), 1});
}

class PackedVideoTest : public testing::Test {
 protected:
  // A clip with frames of these levels, packed as it is.
  std::string Clip(const std::vector<int>& levels) const {
    const std::string path = folder_ + "/clip.avi";
    WriteGreyClip(path, levels);
    const auto index = MakeIndex(path, {});
    EXPECT_OK(index);
    const auto packed = PackOriginal(path, *index, {});
    EXPECT_OK(packed);
    return *packed;
  }

  // Writes a pack of examples with the given pictures and labels 0, 1, 0, ...
  void Write(const std::vector<std::vector<std::string>>& examples) const {
    std::filesystem::remove(path_);
    const auto writer = PackWriter::Open(path_, "");
    ASSERT_OK(writer);
    for (size_t i = 0; i < examples.size(); ++i) {
      const std::string name = absl::StrCat("clip_", i);
      PackExample example = {.source = static_cast<int64_t>(i),
                             .name = name,
                             .label = static_cast<int32_t>(i % 2)};
      for (const std::string& bytes : examples[i]) {
        example.pictures.emplace_back(
            reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
      }
      ASSERT_OK((*writer)->Add(example));
    }
    ASSERT_OK((*writer)->Finish(2, {"cat", "dog"}));
  }

  Made<Dataset> Open(std::string_view sampler = "") const {
    auto set = MakeOrDie<Dataset>(
        "recipe.PackedVideo",
        absl::StrCat("file: 'x.pack' pictures { channels: 1 } sampler { "
                     "[type.googleapis.com/toque.TinyClipSampler] { ",
                     View(sampler), " } }"));
    RETURN_IF_ERROR(set->Open(Context().WithDataFolder(folder_)));
    return set;
  }

  const std::string folder_ = TestFolder();
  const std::string path_ = folder_ + "/x.pack";
};

std::vector<float> Levels(const Image& image) {
  std::vector<float> pixels(static_cast<size_t>(image.elements()));
  EXPECT_OK(image.Write(pixels.data()));
  for (float& pixel : pixels) pixel = std::round(pixel * 255);
  return pixels;
}

TEST_F(PackedVideoTest, GivesThePickedFramesOfPackedClips) {
  Write({{Clip({20, 40, 60, 80})}, {Clip({200, 100})}});
  const auto set = Open("views: 2 segments: 2");
  ASSERT_OK(set);
  EXPECT_EQ((*set)->size(), 2);
  EXPECT_EQ((*set)->Info().classes, 2);
  EXPECT_THAT((*set)->Info().class_names, ElementsAre("cat", "dog"));
  EXPECT_THAT(*(*set)->Labels(), ElementsAre(0, 1));
  EXPECT_EQ((*set)->Name(1), "example 1 (clip_1)");
  Example example;
  Rng rng(0);
  ASSERT_OK((*set)->Read(0, rng, &example));
  EXPECT_EQ(example.label(), 0);
  EXPECT_THAT(GreyLevels(example),
              ElementsAre(ElementsAre(20, 40), ElementsAre(60, 80)));
  ASSERT_OK((*set)->Read(1, rng, &example));
  EXPECT_EQ(example.label(), 1);
  EXPECT_THAT(GreyLevels(example),
              ElementsAre(ElementsAre(200, 200), ElementsAre(100, 100)));
}

TEST_F(PackedVideoTest, GivesThePickedOfFramesThatArePictures) {
  Write({{Picture({1, 2}), Picture({3, 4}), Picture({5, 6}), Picture({7, 8})},
         {Picture({9})}});
  const auto set = Open();
  ASSERT_OK(set);
  Example example;
  Rng rng(0);
  ASSERT_OK((*set)->Read(0, rng, &example));
  ASSERT_EQ(example.images.at(0).size(), 2u);
  EXPECT_THAT(Levels(example.images[0][0]), ElementsAre(1, 2));
  EXPECT_THAT(Levels(example.images[0][1]), ElementsAre(5, 6));
  // A clip of a single frame.
  ASSERT_OK((*set)->Read(1, rng, &example));
  ASSERT_EQ(example.images.at(0).size(), 2u);
  EXPECT_THAT(Levels(example.images[0][0]), ElementsAre(9));
  EXPECT_THAT(Levels(example.images[0][1]), ElementsAre(9));
}

TEST_F(PackedVideoTest, ReadsNoFrameThatIsNotPicked) {
  Write({{Picture({1, 2}), "no picture", Picture({5, 6, 7})}});
  Example example;
  Rng rng(0);
  EXPECT_OK((*Open("pick: [0, 0]"))->Read(0, rng, &example));
  EXPECT_TRUE(
      absl::IsDataLoss((*Open("pick: [0, 1]"))->Read(0, rng, &example)));
  const absl::Status sizes = (*Open("pick: [0, 2]"))->Read(0, rng, &example);
  EXPECT_TRUE(absl::IsDataLoss(sizes));
  EXPECT_THAT(sizes,
              FailsWith("frame 2 must have the size of frame 0, 2 x 1, got 3 x "
                        "1"));
}

TEST_F(PackedVideoTest, CallsWhatIsCutOrNoClipBroken) {
  const std::string clip = Clip({20, 40, 60, 80});
  Write({{"no clip"}, {""}, {clip.substr(0, clip.size() / 2)}, {clip}});
  const auto set = Open("pick: [0, 3]");
  ASSERT_OK(set);
  Example example;
  Rng rng(0);
  for (int64_t i = 0; i < 3; ++i) {
    EXPECT_TRUE(absl::IsDataLoss((*set)->Read(i, rng, &example))) << i;
  }
  ASSERT_OK((*set)->Read(3, rng, &example));
  EXPECT_THAT(GreyLevels(example), ElementsAre(ElementsAre(20, 80)));
  std::filesystem::resize_file(path_, 200);
  EXPECT_TRUE(absl::IsDataLoss((*set)->Read(3, rng, &example)));
}

TEST_F(PackedVideoTest, RefusesBadOptions) {
  EXPECT_THAT(Make<Dataset>("recipe.PackedVideo"),
              FailsWith("file must be given"));
  EXPECT_THAT(Make<Dataset>("recipe.PackedVideo", "file: 'x'"),
              FailsWith("sampler must be given, as sampler {"));
  const std::string sampler =
      "file: 'x' sampler { [type.googleapis.com/toque.TinyClipSampler] {} } ";
  EXPECT_THAT(
      Make<Dataset>("recipe.PackedVideo", sampler + "pictures { channels: 4 }"),
      FailsWith("recipe.PackedVideo: pictures.channels must be 1 or 3, got 4"));
  EXPECT_THAT(Make<Dataset>("recipe.PackedVideo",
                            sampler + "decoding { max_pixels: 0 }"),
              FailsWith("decoding.max_pixels must be at least 1, got 0"));
}

}  // namespace
}  // namespace toque
