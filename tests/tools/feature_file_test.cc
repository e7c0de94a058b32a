#include "tools/feature_file.h"

#include <filesystem>

#include "ATen/ops/arange.h"
#include "ATen/ops/cat.h"
#include "framework/core/example.h"
#include "framework/testing/testing.h"
#include "framework/weights/safetensors.h"
#include "tests/end_to_end/small_run.h"

namespace toque {
namespace {

using testing::HasSubstr;

at::Tensor Rows(int64_t first, int64_t count) {
  return at::arange(first * 6, (first + count) * 6, at::kFloat)
      .view({count, 2, 3});
}

class FeatureFileTest : public testing::Test {
 protected:
  std::unique_ptr<FeatureFile> Open(const std::string& path,
                                    const std::vector<std::string>& names = {
                                        "a"}) {
    auto file = FeatureFile::Open(path, names, "a");
    EXPECT_OK(file);
    return *std::move(file);
  }

  const std::string folder_ = TestFolder();
  const std::string path_ = folder_ + "/out.safetensors";
  const std::string npy_ = folder_ + "/out.npy";
};

TEST_F(FeatureFileTest, HoldsFeaturesLabelsAndNames) {
  const auto file = Open(path_);
  EXPECT_OK(file->Add({{"a.0", Rows(0, 2)}, {"", Rows(0, 2).flatten(1)}},
                      {4, 1}, {"x.jpg", "y.jpg"}, 2));
  EXPECT_OK(file->Add({{"a.0", Rows(2, 1)}, {"", Rows(2, 1).flatten(1)}}, {0},
                      {"z.jpg"}, 4));
  EXPECT_EQ(file->rows(), 3);
  EXPECT_EQ(file->next(), 4);
  EXPECT_FALSE(std::filesystem::exists(path_));
  ASSERT_OK(file->Finish({"cat", "dog"}));
  EXPECT_FALSE(std::filesystem::exists(path_ + ".partial"));

  const auto read = ReadSafetensors(path_);
  ASSERT_OK(read);
  EXPECT_TRUE(read->state.Get("a.0")->equal(Rows(0, 3)));
  EXPECT_TRUE(read->state.Get("output")->equal(Rows(0, 3).flatten(1)));
  EXPECT_EQ(read->state.Get("labels")->const_data_ptr<int64_t>()[1], 1);
  EXPECT_EQ(*read->state.GetText("names"), "x.jpg\ny.jpg\nz.jpg\n");
  EXPECT_EQ(read->metadata.at("classes"), R"(["cat","dog"])");
}

TEST_F(FeatureFileTest, GoesOnWhereItWasStopped) {
  EXPECT_OK(
      Open(path_)->Add({{"a", Rows(0, 2)}}, {4, 1}, {"x.jpg", "y.jpg"}, 2));
  // A write that didn't come to its end.
  WriteBytes(path_ + ".partial/0", ReadBytes(path_ + ".partial/0") + "torn");
  const auto file = Open(path_);
  EXPECT_EQ(file->next(), 2);
  EXPECT_EQ(file->rows(), 2);
  EXPECT_OK(file->Add({{"a", Rows(2, 1)}}, {7}, {"z.jpg"}, 3));
  ASSERT_OK(file->Finish({}));
  const auto read = ReadSafetensors(path_);
  ASSERT_OK(read);
  EXPECT_TRUE(read->state.Get("a")->equal(Rows(0, 3)));
  EXPECT_EQ(read->state.Get("labels")->const_data_ptr<int64_t>()[2], 7);
  EXPECT_EQ(*read->state.GetText("names"), "x.jpg\ny.jpg\nz.jpg\n");
}

TEST_F(FeatureFileTest, KeepsWhatIsThereFromOthers) {
  EXPECT_OK(Open(path_)->Add({{"a", Rows(0, 1)}}, {4}, {"x.jpg"}, 1));
  EXPECT_THAT(FeatureFile::Open(path_, {"a"}, "b"),
              FailsWith("holds the features of another extraction"));
  EXPECT_OK(Open(path_)->Finish({}));
  EXPECT_THAT(FeatureFile::Open(path_, {"a"}, "a"),
              FailsWith("exists already"));
  EXPECT_THAT(FeatureFile::Open(folder_ + "/out.txt", {"a"}, "a"),
              FailsWith("--out must end in .safetensors or .npy, got "));
}

TEST_F(FeatureFileTest, RefusesRowsOfAnotherShape) {
  const auto file = Open(path_);
  EXPECT_OK(file->Add({{"a", Rows(0, 1)}}, {4}, {"x.jpg"}, 1));
  EXPECT_THAT(file->Add({{"a", Rows(0, 1).flatten(1)}}, {4}, {"y.jpg"}, 2),
              FailsWith("all rows of a must have one shape"));
}

TEST_F(FeatureFileTest, APartialFileThatWasCutIsAnError) {
  EXPECT_OK(Open(path_)->Add({{"a", Rows(0, 1)}}, {4}, {"x.jpg"}, 1));
  WriteBytes(path_ + ".partial/0", "cut");
  EXPECT_THAT(FeatureFile::Open(path_, {"a"}, "a"),
              FailsWith("is shorter than was written"));
}

// numpy 2.4: numpy.save of arange(6, dtype="<f4").reshape(1, 2, 3)
TEST_F(FeatureFileTest, WritesNumpysFormat) {
  const auto file = Open(npy_);
  EXPECT_OK(file->Add({{"a", Rows(0, 1)}}, {kIgnoredLabel}, {"photo.jpg"}, 1));
  ASSERT_OK(file->Finish({}));
  const std::string bytes = ReadBytes(npy_);
  ASSERT_EQ(bytes.size(), 128u + 24);
  EXPECT_EQ(bytes.substr(0, 10), std::string("\x93NUMPY\x01\x00\x76\x00", 10));
  EXPECT_EQ(bytes.substr(10, 118),
            "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2, 3), }" +
                std::string(55, ' ') + "\n");
  EXPECT_EQ(bytes.substr(128, 8), std::string("\0\0\0\0\0\0\x80\x3f", 8));
  EXPECT_EQ(ReadBytes(folder_ + "/out.names.txt"), "photo.jpg\n");
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/out.labels.npy"))
      << "there are no labels";
}

TEST_F(FeatureFileTest, OfSeveralFeaturesEachHasItsNpy) {
  const auto file = Open(npy_, {"a", "b.1"});
  EXPECT_OK(file->Add({{"a", Rows(0, 1)}, {"b.1", Rows(1, 1)}}, {3},
                      {"photo.jpg"}, 1));
  ASSERT_OK(file->Finish({}));
  EXPECT_EQ(ReadBytes(folder_ + "/out.a.npy").size(), 128u + 24);
  EXPECT_EQ(ReadBytes(folder_ + "/out.b.1.npy").size(), 128u + 24);
  EXPECT_THAT(ReadBytes(folder_ + "/out.labels.npy"),
              HasSubstr("{'descr': '<i8', 'fortran_order': False, 'shape': "
                        "(1,), }"));
  EXPECT_THAT(FeatureFile::Open(npy_, {"b.1", "c"}, "a"),
              FailsWith("out.b.1.npy: exists already"));
  EXPECT_THAT(FeatureFile::Open(npy_, {"c"}, "a"),
              FailsWith("out.labels.npy: exists already"));
}

}  // namespace
}  // namespace toque
