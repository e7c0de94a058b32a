#include <cmath>
#include <filesystem>

#include "framework/codec/encode.h"
#include "framework/core/dataset.h"
#include "framework/pack/pack.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::ElementsAre;

// A grey picture of one row as a file.
std::string Picture(const std::vector<uint8_t>& row) {
  return EncodePnm({row.data(), 1, static_cast<int64_t>(row.size()), 1});
}

class PackedTest : public testing::Test {
 protected:
  // Writes a pack of examples with the given pictures and labels 0, 1, 0, ...
  void Write(const std::vector<std::vector<std::string>>& examples) const {
    const auto writer = PackWriter::Open(path_, "");
    ASSERT_OK(writer);
    for (size_t i = 0; i < examples.size(); ++i) {
      const std::string name = absl::StrCat("picture_", i);
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

  absl::StatusOr<std::unique_ptr<Dataset>> Open(
      std::string_view options = "") const {
    auto packed = MakeOrDie<Dataset>(
        "recipe.Packed", absl::StrCat("file: 'x.pack' ", View(options)));
    RETURN_IF_ERROR(packed->Open(Context().WithDataFolder(folder_)));
    return packed;
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

TEST_F(PackedTest, GivesPicturesLabelsAndNames) {
  Write({{Picture({51, 102})}, {Picture({153})}, {Picture({255, 0, 51})}});
  const auto packed = Open("decoding { channels: 1 }");
  ASSERT_OK(packed);
  const Dataset& set = **packed;
  EXPECT_EQ(set.size(), 3);
  EXPECT_EQ(set.Info().classes, 2);
  EXPECT_THAT(set.Info().class_names, ElementsAre("cat", "dog"));
  EXPECT_THAT(*set.Labels(), ElementsAre(0, 1, 0));
  EXPECT_EQ(set.Name(2), "example 2 (picture_2)");
  Example example;
  Rng rng(0);
  ASSERT_OK(set.Read(2, rng, &example));
  EXPECT_EQ(example.label(), 0);
  EXPECT_THAT(Levels(example.images.at(0).at(0)), ElementsAre(255, 0, 51));
  ASSERT_OK(set.Read(1, rng, &example));
  EXPECT_EQ(example.label(), 1);
  EXPECT_THAT(Levels(example.images.at(0).at(0)), ElementsAre(153));
}

TEST_F(PackedTest, GivesSeveralPicturesAsFrames) {
  Write({{Picture({255}), Picture({51}), Picture({102})}, {Picture({0})}});
  const auto packed = Open("decoding { channels: 1 }");
  ASSERT_OK(packed);
  Example example;
  Rng rng(0);
  ASSERT_OK((*packed)->Read(0, rng, &example));
  ASSERT_EQ(example.images.size(), 1u);
  ASSERT_EQ(example.images[0].size(), 3u);
  EXPECT_THAT(Levels(example.images[0][1]), ElementsAre(51));
  EXPECT_THAT(Levels(example.images[0][2]), ElementsAre(102));
  ASSERT_OK((*packed)->Read(1, rng, &example));
  EXPECT_EQ(example.images[0].size(), 1u);
}

TEST_F(PackedTest, CallsWhatIsNoPictureOrHasShrunkBroken) {
  Write({{"no picture"}, {Picture({1, 2, 3})}});
  const auto packed = Open();
  ASSERT_OK(packed);
  Example example;
  Rng rng(0);
  EXPECT_FALSE((*packed)->Read(0, rng, &example).ok());
  std::filesystem::resize_file(path_, 200);
  const absl::Status status = (*packed)->Read(1, rng, &example);
  EXPECT_THAT(status, FailsWith("broken at byte 200: the file ends here"));
  EXPECT_TRUE(absl::IsDataLoss(status));
}

TEST_F(PackedTest, RefusesAFileThatWasCut) {
  Write({{Picture({1})}});
  std::filesystem::resize_file(path_, std::filesystem::file_size(path_) - 1);
  EXPECT_THAT(Open(), FailsWith("/x.pack: must have the"));
}

TEST_F(PackedTest, RefusesBadOptions) {
  EXPECT_THAT(Make<Dataset>("recipe.Packed"), FailsWith("file must be given"));
  EXPECT_THAT(
      Make<Dataset>("recipe.Packed", "file: 'x' decoding { channels: 4 }"),
      FailsWith("decoding.channels must be 1 or 3, got 4"));
}

}  // namespace
}  // namespace toque
