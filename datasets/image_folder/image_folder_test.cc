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

class ImageFolderTest : public testing::Test {
 protected:
  // A picture of one pixel.
  void Add(const std::string& path, uint8_t red, uint8_t green,
           uint8_t blue) const {
    fs::create_directories(fs::path(folder_ + "/" + path).parent_path());
    const uint8_t pixel[] = {red, green, blue};
    const auto bytes = EncodePng({pixel, 1, 1, 3});
    ASSERT_OK(bytes);
    std::ofstream(folder_ + "/" + path, std::ios::binary) << *bytes;
  }
  void Add(const std::string& path) const { Add(path, 1, 2, 3); }

  Made<Dataset> Open(std::string_view options = "") const {
    Made<Dataset> set = Make<Dataset>(
        "recipe.ImageFolder", absl::StrCat("folder: 'set' ", View(options)));
    if (!set.ok()) return set;
    RETURN_IF_ERROR((*set)->Open(Context().WithDataFolder(folder_)));
    return set;
  }

  const std::string folder_ = TestFolder();
};

TEST_F(ImageFolderTest, GivesThePicturesOfEachClassFolder) {
  Add("set/dogs/b.png", 255, 0, 0);
  Add("set/dogs/deep/er/a.PNG", 0, 255, 0);
  Add("set/cats/z.jpg", 0, 0, 255);  // a PNG, whatever its name says
  Add("set/.cache/x.png");
  const auto set = Open();
  ASSERT_OK(set);
  EXPECT_EQ((*set)->size(), 3);
  EXPECT_EQ((*set)->Info().classes, 2);
  EXPECT_THAT((*set)->Info().class_names, ElementsAre("cats", "dogs"));
  EXPECT_THAT((*set)->Info().shape, IsEmpty());
  EXPECT_THAT(*(*set)->Labels(), ElementsAre(0, 1, 1));
  EXPECT_EQ((*set)->Name(2), "example 2 (dogs/deep/er/a.PNG)");
  Example example;
  Rng rng(0);
  const int64_t labels[] = {0, 1, 1};
  const std::vector<float> pixels[] = {{0, 0, 1}, {1, 0, 0}, {0, 1, 0}};
  for (int64_t i = 0; i < 3; ++i) {
    ASSERT_OK((*set)->Read(i, rng, &example));
    EXPECT_EQ(example.label(), labels[i]);
    std::vector<float> read(3);
    ASSERT_OK(example.images.at(0).at(0).Write(read.data()));
    EXPECT_EQ(read, pixels[i]);
  }
}

TEST_F(ImageFolderTest, OrdersClassesAsItIsTold) {
  for (const char* name : {"9", "10", "b", "B"}) {
    Add(absl::StrCat("set/", name, "/x.png"));
  }
  const auto names = [this](std::string_view options) {
    const auto set = Open(options);
    EXPECT_OK(set);
    return (*set)->Info().class_names;
  };
  EXPECT_THAT(names(""), ElementsAre("10", "9", "B", "b"));
  EXPECT_THAT(names("class_order: NATURAL"), ElementsAre("9", "10", "B", "b"));
  EXPECT_THAT(names("class: ['b', '9', 'B', '10']"),
              ElementsAre("b", "9", "B", "10"));
  EXPECT_EQ((*Open("class: ['b', '9', 'B', '10']"))->Name(3),
            "example 3 (10/x.png)");
}

TEST_F(ImageFolderTest, InterleavesClassesWhereToldTo) {
  for (const char* path : {"a/1", "a/2", "a/3", "b/1", "c/1", "c/2"}) {
    Add(absl::StrCat("set/", path, ".png"));
  }
  const auto set = Open("order: INTERLEAVED");
  ASSERT_OK(set);
  EXPECT_THAT(*(*set)->Labels(), ElementsAre(0, 1, 2, 0, 2, 0));
  EXPECT_EQ((*set)->Name(4), "example 4 (c/2.png)");
}

TEST_F(ImageFolderTest, NamesEveryClassThatDoesNotFitTheFolders) {
  Add("set/hats/x.png");
  Add("set/shoes/x.png");
  EXPECT_THAT(Open("class: ['hats', 'coats']"),
              FailsWith("/set: each class must have a folder, got coats\n"));
  EXPECT_THAT(Open("class: ['hats', 'coats']"),
              FailsWith("/set: each folder must be listed as a class, got "
                        "shoes"));
}

TEST_F(ImageFolderTest, RefusesFoldersWithoutPictures) {
  EXPECT_THAT(Open(), FailsWith("/set: can't be opened: No such file"));
  fs::create_directories(folder_ + "/set");
  EXPECT_THAT(Open(), FailsWith("/set: must hold a folder for each class"));
  Add("set/hats/x.png");
  fs::create_directories(folder_ + "/set/coats");
  fs::create_directories(folder_ + "/set/shoes/deep");
  EXPECT_THAT(Open(),
              FailsWith("/set/coats: a class folder must hold a picture\n"));
  EXPECT_THAT(Open(),
              FailsWith("/set/shoes: a class folder must hold a picture"));
}

TEST_F(ImageFolderTest, RefusesALinkThatLeadsBack) {
  Add("set/hats/x.png");
  fs::create_symlink("..", folder_ + "/set/hats/up");
  EXPECT_THAT(Open(), FailsWith("/set/hats/up/hats: a link must not lead back "
                                "to a folder that it lies in"));
}

TEST_F(ImageFolderTest, CallsAFileThatVanishesOrShrinksBroken) {
  Add("set/hats/x.png");
  Add("set/hats/y.png");
  const auto set = Open();
  ASSERT_OK(set);
  fs::remove(folder_ + "/set/hats/x.png");
  fs::resize_file(folder_ + "/set/hats/y.png", 0);
  Example example;
  Rng rng(0);
  const absl::Status vanished = (*set)->Read(0, rng, &example);
  EXPECT_THAT(vanished, FailsWith("can't be opened: No such file"));
  EXPECT_TRUE(absl::IsDataLoss(vanished));
  EXPECT_TRUE(absl::IsDataLoss((*set)->Read(1, rng, &example)));
}

TEST_F(ImageFolderTest, RefusesAPictureThatClaimsTooMuch) {
  fs::create_directories(folder_ + "/set/a");
  std::ofstream(folder_ + "/set/a/x.ppm") << "P6 64800 32800 255\nxyz";
  const auto set = Open();
  ASSERT_OK(set);
  Example example;
  Rng rng(0);
  EXPECT_TRUE(absl::IsDataLoss((*set)->Read(0, rng, &example)));
}

TEST_F(ImageFolderTest, RefusesBadOptions) {
  EXPECT_THAT(Make<Dataset>("recipe.ImageFolder"),
              FailsWith("folder must be given"));
  EXPECT_THAT(Open("class: 'a' class_order: SORTED"),
              FailsWith("class_order must not be given beside class"));
  EXPECT_THAT(Open("class: ['a', 'b', 'a']"),
              FailsWith("a class must be listed once, got a"));
  EXPECT_THAT(Open("decoding { max_pixels: 0 }"),
              FailsWith("decoding.max_pixels must be at least 1, got 0"));
}

TEST_F(ImageFolderTest, OpensClothing) {
  SKIP_WITHOUT_DATA();
  const auto set =
      MakeOrDie<Dataset>("recipe.ImageFolder", "folder: 'clothing-5/train'");
  ASSERT_OK(set->Open(Context().WithDataFolder(DataFolder())));
  EXPECT_EQ(set->Info().classes, 5);
  Example example;
  Rng rng(0);
  for (int64_t i = 0; i < set->size(); i += 100) {
    EXPECT_OK(set->Read(i, rng, &example)) << set->Name(i);
  }
}

}  // namespace
}  // namespace toque
