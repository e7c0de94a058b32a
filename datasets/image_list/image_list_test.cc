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

class ImageListTest : public testing::Test {
 protected:
  // A grey picture of one pixel.
  void AddPicture(const std::string& path, uint8_t level) const {
    fs::create_directories(fs::path(folder_ + "/" + path).parent_path());
    std::ofstream(folder_ + "/" + path, std::ios::binary)
        << EncodePnm({&level, 1, 1, 1});
  }

  Made<Dataset> Open(const std::string& list,
                     std::string_view options = "") const {
    fs::create_directories(folder_ + "/lists");
    std::ofstream(folder_ + "/lists/a.txt") << list;
    Made<Dataset> set =
        Make<Dataset>("recipe.ImageList",
                      absl::StrCat("list: 'lists/a.txt' ", View(options)));
    if (!set.ok()) return set;
    RETURN_IF_ERROR((*set)->Open(Context().WithDataFolder(folder_)));
    return set;
  }

  // The level of an example's one pixel.
  static float Read(const Dataset& set, int64_t index) {
    Example example;
    Rng rng(0);
    EXPECT_OK(set.Read(index, rng, &example)) << set.Name(index);
    float level = 0;
    EXPECT_OK(example.images.at(0).at(0).Write(&level));
    return level * 255;
  }

  const std::string folder_ = TestFolder();
};

TEST_F(ImageListTest, ReadsPathsThatMayHoldSpaces) {
  AddPicture("lists/a.pgm", 51);
  AddPicture("lists/b/two words.pgm", 102);
  AddPicture("c.pgm", 153);
  const auto set = Open("a.pgm 2\n\nb/two words.pgm 0\r\n  ../c.pgm \t 1 \n" +
                            folder_ + "/c.pgm\t2",
                        "decoding { channels: 1 }");
  ASSERT_OK(set);
  EXPECT_EQ((*set)->size(), 4);
  EXPECT_EQ((*set)->Info().classes, 3);
  EXPECT_THAT((*set)->Info().class_names, IsEmpty());
  EXPECT_THAT(*(*set)->Labels(), ElementsAre(2, 0, 1, 2));
  EXPECT_EQ((*set)->Name(1), "example 1 (b/two words.pgm)");
  EXPECT_FLOAT_EQ(Read(**set, 0), 51);
  EXPECT_FLOAT_EQ(Read(**set, 1), 102);
  EXPECT_FLOAT_EQ(Read(**set, 2), 153);
  EXPECT_FLOAT_EQ(Read(**set, 3), 153);
}

TEST_F(ImageListTest, LooksInTheFolderThatIsGiven) {
  AddPicture("images/a.pgm", 204);
  const auto set = Open("a.pgm 0", "folder: 'images' decoding { channels: 1 }");
  ASSERT_OK(set);
  EXPECT_FLOAT_EQ(Read(**set, 0), 204);
}

TEST_F(ImageListTest, TakesNamesOfListedClassesAndTheirNumbers) {
  const auto set =
      Open("a hat\nb\tice cream\nc 0\n", "class: ['ice cream', 'hat', 'shoe']");
  ASSERT_OK(set);
  EXPECT_EQ((*set)->Info().classes, 3);
  EXPECT_THAT((*set)->Info().class_names,
              ElementsAre("ice cream", "hat", "shoe"));
  EXPECT_THAT(*(*set)->Labels(), ElementsAre(1, 0, 0));
}

TEST_F(ImageListTest, CountsTheClassesUnlessToldHowManyThereAre) {
  EXPECT_EQ((*Open("a 6\nb 0\n"))->Info().classes, 7);
  EXPECT_EQ((*Open("a 6\nb 0\n", "classes: 9"))->Info().classes, 9);
}

TEST_F(ImageListTest, NamesTheLineThatIsWrong) {
  EXPECT_THAT(Open("a 0\n\nb\n"),
              FailsWith("/lists/a.txt:3: a path must have a label after it"));
  EXPECT_THAT(Open("a x\n"),
              FailsWith("/lists/a.txt:1: label must be a number, got x"));
  EXPECT_THAT(Open("a 0\nb -1"),
              FailsWith("/lists/a.txt:2: label must be at least 0, got -1"));
  EXPECT_THAT(Open("a 9\n", "classes: 9"),
              FailsWith(":1: label must be at least 0 and below 9, got 9"));
  EXPECT_THAT(Open("a coat\n", "class: ['hat', 'shoe']"),
              FailsWith(":1: label must be a class that is listed, got coat"));
  EXPECT_THAT(Open(std::string("a\0 1", 4)),
              FailsWith(":1: must be a line of text"));
}

TEST_F(ImageListTest, RefusesAnEmptyOrMissingList) {
  EXPECT_THAT(Open("\n \n"), FailsWith("a.txt: must name a picture"));
  auto set = MakeOrDie<Dataset>("recipe.ImageList", "list: 'none'");
  EXPECT_THAT(set->Open(Context().WithDataFolder(folder_)),
              FailsWith("/none: can't be opened: No such file or directory"));
}

TEST_F(ImageListTest, CallsAMissingFileBroken) {
  const auto set = Open("none.pgm 0");
  ASSERT_OK(set);
  Example example;
  Rng rng(0);
  const absl::Status status = (*set)->Read(0, rng, &example);
  EXPECT_THAT(status, FailsWith("can't be opened: No such file"));
  EXPECT_TRUE(absl::IsDataLoss(status));
}

TEST_F(ImageListTest, OpensAListInTheFolderThatOneStandsIn) {
  const std::string before = fs::current_path();
  AddPicture("a.pgm", 255);
  std::ofstream(folder_ + "/list") << "a.pgm 0";
  fs::current_path(folder_);
  const auto set = MakeOrDie<Dataset>("recipe.ImageList", "list: 'list'");
  EXPECT_OK(set->Open(Context()));
  Example example;
  Rng rng(0);
  EXPECT_OK(set->Read(0, rng, &example));
  fs::current_path(before);
}

TEST_F(ImageListTest, RefusesBadOptions) {
  EXPECT_THAT(Make<Dataset>("recipe.ImageList"),
              FailsWith("list must be given"));
  EXPECT_THAT(Open("a 0", "classes: -1"), FailsWith("classes must be from 0"));
  EXPECT_THAT(
      Open("a 0", "class: ['x', 'y'] classes: 3"),
      FailsWith("classes must be 2, the number of those listed, got 3"));
  EXPECT_THAT(Open("a 0", "class: ['x', 'x']"),
              FailsWith("a class must be listed once"));
}

}  // namespace
}  // namespace toque
