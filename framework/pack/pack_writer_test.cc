#include <atomic>
#include <chrono>
#include <filesystem>
#include <thread>

#include "framework/pack/small_pack.h"

namespace toque {
namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;

using PackWriterTest = SmallPack;

TEST_F(PackWriterTest, GoesOnWhereItStopped) {
  const std::string whole = WholePack();
  fs::remove(path_);
  AddAll(*NewWriter(), 3);
  EXPECT_FALSE(fs::exists(path_));
  const auto writer = NewWriter();
  EXPECT_EQ(writer->next_source(), 3);
  EXPECT_EQ(writer->examples(), 2);
  AddAll(*writer);
  ASSERT_OK(writer->Finish(2, {"cat", "dog"}));
  EXPECT_EQ(Contents(path_), whole);
}

TEST_F(PackWriterTest, GoesOnAfterAKillAtAnyByte) {
  const std::string whole = WholePack();
  AddAll(*NewWriter());
  const std::string partial = Contents(path_ + ".partial");
  EXPECT_THAT(PackReader::Open(path_ + ".partial"),
              FailsWith("was not written to its end"));
  for (size_t size = 0; size <= whole.size(); size += 3) {
    // In the records, or in the index behind them.
    Write(path_ + ".partial",
          size <= partial.size()
              ? partial.substr(0, size)
              : partial + whole.substr(partial.size(), size - partial.size()));
    const auto writer = NewWriter();
    AddAll(*writer);
    ASSERT_OK(writer->Finish(2, {"cat", "dog"}));
    ASSERT_EQ(Contents(path_), whole) << size;
  }
}

TEST_F(PackWriterTest, GoesOnBeforeADamagedRecord) {
  const std::string whole = WholePack();
  AddAll(*NewWriter());
  std::string partial = Contents(path_ + ".partial");
  partial[88 + 64 + 58] ^= 1;  // in the name "clip"
  Write(path_ + ".partial", partial);
  const auto writer = NewWriter();
  EXPECT_EQ(writer->next_source(), 1);
  AddAll(*writer);
  ASSERT_OK(writer->Finish(2, {"cat", "dog"}));
  EXPECT_EQ(Contents(path_), whole);
}

TEST_F(PackWriterTest, RefusesToGoOnWithAnotherSource) {
  AddAll(*NewWriter("one"));
  EXPECT_THAT(PackWriter::Open(path_, "other"),
              FailsWith("x.pack.partial: was begun from another data set or "
                        "with other options; remove it"));
}

TEST_F(PackWriterTest, IsWrittenByOneProgram) {
  const auto writer = NewWriter();
  EXPECT_THAT(PackWriter::Open(path_, "s"),
              FailsWith("must not be written by another program"));
}

TEST_F(PackWriterTest, GoesOnWithAFinishedFileThatGotNoName) {
  const std::string whole = WholePack();
  fs::rename(path_, path_ + ".partial");
  {
    const auto writer = NewWriter();
    EXPECT_EQ(writer->examples(), 3);
    EXPECT_THAT(PackReader::Open(path_ + ".partial"),
                FailsWith("was not written to its end"));
    ASSERT_OK(writer->Finish(2, {"cat", "dog"}));
  }
  EXPECT_EQ(Contents(path_), whole);
}

// The other opens the file before it gets its name and locks it after that.
TEST_F(PackWriterTest, LeavesAFileAloneThatAnotherFinishes) {
  const std::string whole = WholePack();
  std::atomic<bool> held = false;
  std::vector<std::jthread> others;
  for (int i = 0; i < 8; ++i) {
    others.emplace_back([&](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        if (held) (void)PackWriter::Open(path_, "s");
      }
    });
  }
  for (int i = 0; i < 50; ++i) {
    auto writer = PackWriter::Open(path_, "s");
    while (!writer.ok()) writer = PackWriter::Open(path_, "s");
    held = true;
    AddAll(**writer);
    ASSERT_OK((*writer)->Finish(2, {"cat", "dog"}));
    writer = absl::UnknownError("closed");
    held = false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    ASSERT_EQ(Contents(path_), whole) << i;
  }
}

TEST_F(PackWriterTest, RefusesWhatItCannotHold) {
  const auto writer = NewWriter();
  EXPECT_THAT(writer->Finish(0, {}), FailsWith("must hold an example"));
  EXPECT_THAT(writer->Add({}), FailsWith("an example must have a picture"));
  EXPECT_THAT(writer->Add({.label = -1}),
              FailsWith("label must be at least 0, got -1"));
  const std::string name(4097, 'x');
  EXPECT_THAT(writer->Add({.name = name}),
              FailsWith("a name must be of at most 4096 bytes, got 4097"));
  ASSERT_OK(writer->Add({.source = 5, .pictures = {Bytes("")}}));
  EXPECT_THAT(writer->Add({.source = 5, .pictures = {Bytes("")}}),
              FailsWith("examples must come in their order, got 5"));
  EXPECT_THAT(writer->Finish(3, {"a"}),
              FailsWith("all classes must have a name, or none, got 1"));
  ASSERT_OK(writer->Finish(0, {}));
  const auto reader = PackReader::Open(path_);
  ASSERT_OK(reader);
  EXPECT_EQ((*reader)->classes(), 0);
  EXPECT_THAT((*reader)->class_names(), IsEmpty());
}

}  // namespace
}  // namespace toque
