#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>

#include "absl/strings/str_join.h"
#include "framework/core/dataset.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::ElementsAre;

using Bytes = std::vector<uint8_t>;

constexpr size_t kPlane = 32 * 32;

// A record of planes that are filled with 10, 20 and 30.
Bytes Record(const Bytes& labels) {
  Bytes record = labels;
  for (const uint8_t level : {10, 20, 30}) {
    record.insert(record.end(), kPlane, level);
  }
  return record;
}

class CifarTest : public testing::Test {
 protected:
  // Writes a file and returns an option that names it.
  std::string File(const std::string& name, const Bytes& bytes) const {
    std::ofstream(folder_ + "/" + name, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    return absl::StrCat("file: '", name, "' ");
  }

  absl::StatusOr<std::unique_ptr<Dataset>> Open(
      std::string_view options, const std::string& folder) const {
    auto cifar = MakeOrDie<Dataset>("recipe.Cifar", options);
    RETURN_IF_ERROR(cifar->Open(Context().WithDataFolder(folder)));
    return cifar;
  }

  absl::StatusOr<std::unique_ptr<Dataset>> Open(
      std::string_view options) const {
    return Open(options, folder_);
  }

  static std::vector<float> Read(const Dataset& cifar, int64_t index) {
    Example example;
    Rng rng(0);
    EXPECT_OK(cifar.Read(index, rng, &example));
    std::vector<float> pixels(3 * kPlane);
    EXPECT_OK(example.images.at(0).at(0).Write(pixels.data()));
    for (float& pixel : pixels) pixel = std::round(pixel * 255);
    return pixels;
  }

  const std::string folder_ = TestFolder();
};

TEST_F(CifarTest, ReadsPlanesOfRedGreenAndBlue) {
  const auto cifar = Open(File("a", Record({7})));
  ASSERT_OK(cifar);
  std::vector<float> expected;
  for (const float level : {10, 20, 30}) {
    expected.insert(expected.end(), kPlane, level);
  }
  EXPECT_EQ(Read(**cifar, 0), expected);
}

TEST_F(CifarTest, JoinsItsFiles) {
  Bytes two = Record({1});
  std::ranges::copy(Record({2}), std::back_inserter(two));
  const auto cifar = Open(File("a", two) + File("b", Record({3})));
  ASSERT_OK(cifar);
  EXPECT_THAT(*(*cifar)->Labels(), ElementsAre(1, 2, 3));
}

TEST_F(CifarTest, TakesTheFineOfTwoLabels) {
  const auto cifar = Open("kind: CIFAR100 " + File("a", Record({19, 99})));
  ASSERT_OK(cifar);
  EXPECT_EQ((*cifar)->Info().classes, 100);
  EXPECT_THAT(*(*cifar)->Labels(), ElementsAre(99));
  EXPECT_FLOAT_EQ(Read(**cifar, 0)[0], 10);
}

TEST_F(CifarTest, TakesNamesOfClassesFromAFile) {
  std::string names;
  for (int i = 0; i < 10; ++i) absl::StrAppend(&names, "class ", i, "\r\n");
  File("names", Bytes(names.begin(), names.end()));
  const auto cifar = Open(File("a", Record({0})) + "names: 'names'");
  ASSERT_OK(cifar);
  ASSERT_EQ((*cifar)->Info().class_names.size(), 10u);
  EXPECT_EQ((*cifar)->Info().class_names[9], "class 9");
}

TEST_F(CifarTest, RefusesAnotherNumberOfNames) {
  File("names", {'a', '\n', 'b', '\n'});
  EXPECT_THAT(Open(File("a", Record({0})) + "names: 'names'"),
              FailsWith("/names: names must be from 10 to 10, got 2"));
}

TEST_F(CifarTest, RefusesFilesThatAreNotWholeRecords) {
  EXPECT_THAT(Open(File("a", {})),
              FailsWith("/a: must hold records of 3073 bytes, got 0 bytes"));
  EXPECT_THAT(Open(File("a", Record({1})) + File("b", Record({}))),
              FailsWith("/b: must hold records of 3073 bytes, got 3072 bytes"));
  EXPECT_THAT(Open("kind: CIFAR100 " + File("a", Record({1}))),
              FailsWith("must hold records of 3074 bytes, got 3073 bytes"));
}

TEST_F(CifarTest, RefusesLabelsOutOfRange) {
  Bytes two = Record({1});
  std::ranges::copy(Record({10}), std::back_inserter(two));
  EXPECT_THAT(Open(File("a", Record({3})) + File("b", two)),
              FailsWith("/b: the label of record 1 must be below 10, got 10"));
}

TEST_F(CifarTest, NamesAFileThatIsMissing) {
  EXPECT_THAT(Open("file: 'none'"),
              FailsWith("/none: can't be opened: No such file or directory"));
}

TEST_F(CifarTest, NeedsAFile) {
  EXPECT_THAT(Make<Dataset>("recipe.Cifar"), FailsWith("file must be given"));
}

TEST_F(CifarTest, ReadsCifar10) {
  SKIP_WITHOUT_DATA();
  const auto cifar = Open(R"(file: "cifar10-bin/data_batch_1.bin"
                             names: "cifar10-bin/batches.meta.txt")",
                          DataFolder());
  ASSERT_OK(cifar);
  EXPECT_EQ((*cifar)->size(), 4000);
  // The first image is a frog, and its red plane begins so.
  EXPECT_EQ((*cifar)->Info().class_names[6], "frog");
  EXPECT_EQ((*cifar)->Labels()->at(0), 6);
  const std::vector<float> pixels = Read(**cifar, 0);
  EXPECT_FLOAT_EQ(pixels[0], 59);
  EXPECT_FLOAT_EQ(pixels[1], 43);
  EXPECT_FLOAT_EQ(pixels[2], 50);
}

}  // namespace
}  // namespace toque
