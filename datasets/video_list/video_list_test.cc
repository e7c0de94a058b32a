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

class VideoListTest : public testing::Test {
 protected:
  VideoListTest() { fs::create_directories(folder_ + "/lists"); }

  void Add(const std::string& path, const std::vector<int>& levels) const {
    WriteGreyClip(folder_ + "/" + path, levels);
  }

  Made<Dataset> Open(const std::string& list,
                     std::string_view options = "") const {
    std::ofstream(folder_ + "/lists/a.txt") << list;
    std::ofstream(folder_ + "/lists/classInd.txt")
        << "1 ApplyEyeMakeup\r\n2 Archery\r\n3 BabyCrawling\r\n";
    Made<Dataset> set = Make<Dataset>(
        "recipe.VideoList",
        absl::StrCat("list: 'lists/a.txt' sampler { "
                     "[type.googleapis.com/toque.TinyClipSampler] {} } "
                     "decoding { index_folder: 'indexes' } ",
                     View(options)));
    if (!set.ok()) return set;
    RETURN_IF_ERROR((*set)->Open(Context().WithDataFolder(folder_)));
    return set;
  }

  static std::vector<std::vector<int>> Read(const Dataset& set, int64_t index) {
    Example example;
    Rng rng(0);
    EXPECT_OK(set.Read(index, rng, &example)) << set.Name(index);
    EXPECT_EQ(example.label(), set.Labels()->at(static_cast<size_t>(index)));
    return GreyLevels(example);
  }

  const std::string folder_ = TestFolder();
};

constexpr char kIndex[] = "class_index: 'lists/classInd.txt' ";

TEST_F(VideoListTest, ReadsPathsThatMayHoldSpaces) {
  Add("lists/a.avi", {20, 40});
  Add("lists/b/two words.avi", {60, 80});
  const auto set =
      Open("a.avi 2\n\nb/two words.avi\t0\r\n" + folder_ + "/lists/a.avi 1");
  ASSERT_OK(set);
  EXPECT_EQ((*set)->size(), 3);
  EXPECT_EQ((*set)->Info().classes, 3);
  EXPECT_THAT((*set)->Info().class_names, IsEmpty());
  EXPECT_THAT(*(*set)->Labels(), ElementsAre(2, 0, 1));
  EXPECT_EQ((*set)->Name(1), "example 1 (b/two words.avi)");
  EXPECT_THAT(Read(**set, 0), ElementsAre(ElementsAre(20, 40)));
  EXPECT_THAT(Read(**set, 1), ElementsAre(ElementsAre(60, 80)));
  EXPECT_THAT(Read(**set, 2), ElementsAre(ElementsAre(20, 40)));
}

TEST_F(VideoListTest, ReadsTheSplitFilesOfUcf101) {
  Add("videos/Archery/v_Archery_g01_c01.avi", {20, 40});
  Add("videos/BabyCrawling/v_BabyCrawling_g01_c01.avi", {60, 80});
  const std::string options = absl::StrCat(kIndex, "folder: 'videos'");
  const auto train = Open(
      "Archery/v_Archery_g01_c01.avi 2\n"
      "BabyCrawling/v_BabyCrawling_g01_c01.avi 3\n",
      options);
  ASSERT_OK(train);
  EXPECT_EQ((*train)->Info().classes, 3);
  EXPECT_THAT((*train)->Info().class_names,
              ElementsAre("ApplyEyeMakeup", "Archery", "BabyCrawling"));
  EXPECT_THAT(*(*train)->Labels(), ElementsAre(1, 2));
  EXPECT_THAT(Read(**train, 0), ElementsAre(ElementsAre(20, 40)));
  const auto test = Open(
      "BabyCrawling/v_BabyCrawling_g01_c01.avi\r\n"
      "Archery/v_Archery_g01_c01.avi\r\n",
      options);
  ASSERT_OK(test);
  EXPECT_EQ((*test)->Info().classes, 3);
  EXPECT_THAT(*(*test)->Labels(), ElementsAre(2, 1));
  EXPECT_THAT(Read(**test, 0), ElementsAre(ElementsAre(60, 80)));
}

TEST_F(VideoListTest, TakesTheFolderWhereThePathOfAnIndexedListHoldsSpaces) {
  const auto set = Open("x/Archery/two words.avi\na.avi Archery\n", kIndex);
  ASSERT_OK(set);
  EXPECT_EQ((*set)->Name(0), "example 0 (x/Archery/two words.avi)");
  EXPECT_EQ((*set)->Name(1), "example 1 (a.avi)");
  EXPECT_THAT(*(*set)->Labels(), ElementsAre(1, 1));
}

TEST_F(VideoListTest, NamesTheLineThatIsWrong) {
  EXPECT_THAT(Open("a.avi 0\n\nb.avi\n"),
              FailsWith("/lists/a.txt:3: a path must have a label after it"));
  EXPECT_THAT(Open("a.avi x\n"),
              FailsWith("/lists/a.txt:1: label must be a number, got x"));
  EXPECT_THAT(Open("a.avi 9\n", "classes: 9"),
              FailsWith(":1: label must be at least 0 and below 9, got 9"));
  const std::string indexed =
      ":1: a path must have a label of class_index after it, or lie in a "
      "folder that is named after a class, got ";
  EXPECT_THAT(Open("a.avi\n", kIndex), FailsWith(indexed + "a.avi"));
  EXPECT_THAT(Open("Archer/a.avi 4\n", kIndex),
              FailsWith(indexed + "Archer/a.avi 4"));
  EXPECT_THAT(Open("Archery/a.avi 4\n", kIndex),
              FailsWith(indexed + "Archery/a.avi 4"));
  EXPECT_THAT(Open("\n"), FailsWith("a.txt: must name a video"));
}

TEST_F(VideoListTest, CallsAMissingFileBroken) {
  const auto set = Open("none.avi 0");
  ASSERT_OK(set);
  Example example;
  Rng rng(0);
  EXPECT_TRUE(absl::IsDataLoss((*set)->Read(0, rng, &example)));
}

TEST_F(VideoListTest, RefusesBadOptions) {
  EXPECT_THAT(Make<Dataset>("recipe.VideoList"),
              FailsWith("list must be given"));
  EXPECT_THAT(Make<Dataset>("recipe.VideoList", "list: 'x'"),
              FailsWith("sampler must be given, as sampler {"));
  EXPECT_THAT(Open("a 0", "classes: -1"), FailsWith("classes must be from 0"));
  EXPECT_THAT(Open("a 0", absl::StrCat(kIndex, "class: 'x'")),
              FailsWith("class_index must not be given beside class or "
                        "classes"));
  EXPECT_THAT(Open("a 0", "class_index: 'none'"),
              FailsWith("/none: can't be opened"));
}

}  // namespace
}  // namespace toque
