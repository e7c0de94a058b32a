#include <filesystem>
#include <fstream>

#include "framework/core/dataset.h"
#include "framework/testing/grey_clip.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

class VideoFolderTest : public testing::Test {
 protected:
  void Add(const std::string& path, const std::vector<int>& levels) const {
    WriteGreyClip(folder_ + "/" + path, levels);
  }

  Made<Dataset> Open(std::string_view options = "",
                     std::string_view decoding = "") const {
    Made<Dataset> set = Make<Dataset>(
        "recipe.VideoFolder",
        absl::StrCat("folder: 'set' sampler { "
                     "[type.googleapis.com/toque.TinyClipSampler] {} } "
                     "decoding { index_folder: 'indexes' ",
                     View(decoding), " } ", View(options)));
    if (!set.ok()) return set;
    RETURN_IF_ERROR((*set)->Open(Context().WithDataFolder(folder_)));
    return set;
  }

  const std::string folder_ = TestFolder();
};

TEST_F(VideoFolderTest, GivesThePickedFramesOfTheVideosOfEachClassFolder) {
  Add("set/dogs/b.avi", {20, 40, 60, 80});
  Add("set/dogs/deep/er/a.MP4", {100, 120});
  Add("set/cats/z.mkv", {200, 180, 160, 140, 120, 100});
  Add("set/.cache/x.avi", {20});
  const auto set = Open();
  ASSERT_OK(set);
  EXPECT_EQ((*set)->size(), 3);
  EXPECT_EQ((*set)->Info().classes, 2);
  EXPECT_THAT((*set)->Info().class_names, ElementsAre("cats", "dogs"));
  EXPECT_THAT((*set)->Info().shape, IsEmpty());
  EXPECT_THAT(*(*set)->Labels(), ElementsAre(0, 1, 1));
  EXPECT_EQ((*set)->Name(2), "example 2 (dogs/deep/er/a.MP4)");
  Example example;
  Rng rng(0);
  const int64_t labels[] = {0, 1, 1};
  const std::vector<int> levels[] = {{200, 140}, {20, 60}, {100, 120}};
  for (int64_t i = 0; i < 3; ++i) {
    ASSERT_OK((*set)->Read(i, rng, &example));
    EXPECT_EQ(example.label(), labels[i]);
    EXPECT_THAT(GreyLevels(example), ElementsAre(levels[i]));
  }
}

TEST_F(VideoFolderTest, OrdersClassesAndExamplesAsItIsTold) {
  for (const char* path : {"9/1", "9/2", "10/1", "b/1", "b/2"}) {
    Add(absl::StrCat("set/", path, ".avi"), {20});
  }
  EXPECT_THAT((*Open())->Info().class_names, ElementsAre("10", "9", "b"));
  const auto natural = Open("class_order: NATURAL order: INTERLEAVED");
  ASSERT_OK(natural);
  EXPECT_THAT((*natural)->Info().class_names, ElementsAre("9", "10", "b"));
  EXPECT_THAT(*(*natural)->Labels(), ElementsAre(0, 1, 2, 0, 2));
  EXPECT_THAT((*Open("class: ['b', '10', '9']"))->Info().class_names,
              ElementsAre("b", "10", "9"));
}

TEST_F(VideoFolderTest, DecodesNothingBeforeItIsRead) {
  fs::create_directories(folder_ + "/set/a");
  std::ofstream(folder_ + "/set/a/x.mp4") << "no video";
  std::ofstream(folder_ + "/set/a/y.mp4").flush();
  Add("set/a/z.avi", {20, 40});
  fs::resize_file(folder_ + "/set/a/z.avi", 300);
  const auto set = Open();
  ASSERT_OK(set);
  EXPECT_EQ((*set)->size(), 3);
  Example example;
  Rng rng(0);
  for (int64_t i = 0; i < 3; ++i) {
    EXPECT_TRUE(absl::IsDataLoss((*set)->Read(i, rng, &example))) << i;
  }
}

TEST_F(VideoFolderTest, RefusesAClipThatClaimsTooMuch) {
  Add("set/a/x.avi", {20, 40});  // 32 x 24
  Example example;
  Rng rng(0);
  const auto set = Open("", "max_pixels: 1000000");
  ASSERT_OK(set);
  EXPECT_OK((*set)->Read(0, rng, &example));
  const auto small = Open("", "max_pixels: 767");
  ASSERT_OK(small);
  EXPECT_TRUE(absl::IsDataLoss((*small)->Read(0, rng, &example)));
}

TEST_F(VideoFolderTest, RefusesFoldersWithoutVideos) {
  EXPECT_THAT(Open(), FailsWith("/set: can't be opened: No such file"));
  Add("set/hats/x.avi", {20});
  fs::create_directories(folder_ + "/set/coats");
  EXPECT_THAT(Open(),
              FailsWith("/set/coats: a class folder must hold a video"));
}

TEST_F(VideoFolderTest, RefusesBadOptions) {
  EXPECT_THAT(Make<Dataset>("recipe.VideoFolder"),
              FailsWith("folder must be given"));
  EXPECT_THAT(Make<Dataset>("recipe.VideoFolder", "folder: 'x'"),
              FailsWith("sampler must be given, as sampler {"));
  EXPECT_THAT(Open("class: ['a', 'b', 'a']"),
              FailsWith("a class must be listed once, got a"));
  EXPECT_THAT(Open("", "seconds: -1"),
              FailsWith("decoding.seconds must be above 0, got -1"));
}

TEST_F(VideoFolderTest, OpensUcf101) {
  SKIP_WITHOUT_DATA();
  const auto set = MakeOrDie<Dataset>(
      "recipe.VideoFolder",
      absl::StrCat("folder: 'ucf101-6' sampler { "
                   "[type.googleapis.com/toque.TinyClipSampler] { segments: 3 "
                   "} } decoding { index_folder: '",
                   folder_, "/indexes' }"));
  ASSERT_OK(set->Open(Context().WithDataFolder(DataFolder())));
  EXPECT_EQ(set->Info().classes, 6);
  EXPECT_EQ(set->size(), 60);
  Example example;
  Rng rng(0);
  for (int64_t i = 0; i < set->size(); i += 10) {
    ASSERT_OK(set->Read(i, rng, &example)) << set->Name(i);
    EXPECT_EQ(example.images.at(0).size(), 3u);
    EXPECT_EQ(example.images[0][2].width(), 320);
  }
}

}  // namespace
}  // namespace toque
