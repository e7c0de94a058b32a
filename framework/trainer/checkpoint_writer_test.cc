#include "framework/trainer/checkpoint_writer.h"

#include <filesystem>

#include "ATen/ops/full.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

namespace fs = std::filesystem;

Checkpoint Holding(double value) {
  Checkpoint checkpoint;
  checkpoint.state.Set("model.weight", at::full({2}, value));
  checkpoint.metadata = {{"format", "toque/1"}};
  return checkpoint;
}

double ValueIn(const std::string& path) {
  const auto checkpoint = ReadCheckpoint(path);
  EXPECT_OK(checkpoint);
  if (!checkpoint.ok()) return 0;
  return checkpoint->state.Get("model.weight")->sum().item<double>() / 2;
}

TEST(CheckpointWriterTest, WritesWhatStoodWhenItWasAsked) {
  const std::string path = TestFolder() + "/last.safetensors";
  CheckpointWriter writer;
  const Checkpoint checkpoint = Holding(1);
  ASSERT_OK(writer.Write(path, checkpoint));
  checkpoint.state.Get("model.weight")->fill_(2);
  ASSERT_OK(writer.Flush());
  EXPECT_EQ(ValueIn(path), 1);
}

TEST(CheckpointWriterTest, KeepsTheLastOfManyForOnePath) {
  const std::string path = TestFolder() + "/last.safetensors";
  CheckpointWriter writer;
  for (int i = 0; i < 50; ++i) ASSERT_OK(writer.Write(path, Holding(i)));
  ASSERT_OK(writer.Flush());
  EXPECT_EQ(ValueIn(path), 49);
}

TEST(CheckpointWriterTest, EndsItsWorkWhenItIsDestroyed) {
  const std::string folder = TestFolder();
  {
    CheckpointWriter writer;
    for (int i = 0; i < 9; ++i) {
      ASSERT_OK(writer.Write(absl::StrCat(folder, "/", i), Holding(i)));
    }
  }
  for (int i = 0; i < 9; ++i)
    EXPECT_EQ(ValueIn(absl::StrCat(folder, "/", i)), i);
}

TEST(CheckpointWriterTest, RemovesAfterWhatWasAskedForBefore) {
  const std::string folder = TestFolder();
  CheckpointWriter writer;
  ASSERT_OK(writer.Write(folder + "/a", Holding(1)));
  ASSERT_OK(writer.Write(folder + "/b", Holding(2)));
  ASSERT_OK(writer.Remove(folder + "/a"));
  ASSERT_OK(writer.Remove(folder + "/never_there"));
  ASSERT_OK(writer.Flush());
  EXPECT_FALSE(fs::exists(folder + "/a"));
  EXPECT_EQ(ValueIn(folder + "/b"), 2);
}

TEST(CheckpointWriterTest, WritesWhatIsAskedForAfterAFault) {
  const std::string folder = TestFolder();
  CheckpointWriter writer;
  ASSERT_OK(writer.Write(folder + "/missing/last", Holding(1)));
  // The error may come with any of these, or with the end.
  absl::Status first;
  for (int i = 0; i < 100 && first.ok(); ++i) {
    first = writer.Write(folder + "/last", Holding(i));
  }
  first.Update(writer.Flush());
  EXPECT_THAT(first, FailsWith("/missing/last"));
  EXPECT_TRUE(fs::exists(folder + "/last"));
}

TEST(CheckpointWriterTest, TellsOnceOfAFileThatCannotBeWritten) {
  const std::string folder = TestFolder();
  CheckpointWriter writer;
  ASSERT_OK(writer.Write(folder + "/missing/last", Holding(1)));
  EXPECT_THAT(writer.Flush(), FailsWith("/missing/last"));
  ASSERT_OK(writer.Write(folder + "/last", Holding(3)));
  ASSERT_OK(writer.Flush());
  EXPECT_EQ(ValueIn(folder + "/last"), 3);
}

}  // namespace
}  // namespace toque
