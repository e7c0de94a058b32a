#include "framework/tensorboard/event_file.h"

#include <algorithm>
#include <fstream>
#include <limits>

#include "absl/strings/escaping.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

constexpr double kWallTime = 1700000000.25;

std::string ReadBytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string Hex(const std::string& bytes) {
  return absl::BytesToHexString(bytes);
}

tensorboard::Event EventAt(int64_t step) {
  tensorboard::Event event;
  event.set_wall_time(kWallTime);
  event.set_step(step);
  return event;
}

// RFC 3720, B.4, and the catalogue's check value.
TEST(Crc32cTest, HasTheKnownValues) {
  std::string ascending(32, '\0');
  for (size_t i = 0; i < 32; ++i) ascending[i] = static_cast<char>(i);
  EXPECT_EQ(Crc32c(""), 0u);
  EXPECT_EQ(Crc32c("123456789"), 0xe3069283u);
  EXPECT_EQ(Crc32c(std::string(32, '\0')), 0x8a9136aau);
  EXPECT_EQ(Crc32c(std::string(32, '\xff')), 0x62a8ab43u);
  EXPECT_EQ(Crc32c(ascending), 0x46dd794eu);
  EXPECT_EQ(Crc32c(std::string(ascending.rbegin(), ascending.rend())),
            0x113fdb5cu);
}

// tensorboard 2.21: tests/goldens/event_file.py
TEST(EventFileTest, WritesTheBytesOfTensorBoardsOwnWriter) {
  tensorboard::Event scalars = EventAt(7);
  auto* value = scalars.mutable_summary()->add_value();
  value->set_tag("loss/train");
  value->set_simple_value(0.5);
  value = scalars.mutable_summary()->add_value();
  value->set_tag("lr/base");
  value->set_simple_value(std::numeric_limits<float>::quiet_NaN());
  EXPECT_EQ(Hex(EventRecord(scalars)),
            "300000000000000095f5d05f0900001040fc54d94110072a230a110a0a6c6f73"
            "732f747261696e150000003f0a0e0a076c722f62617365150000c07f283d0227");
  tensorboard::Event start = EventAt(5);
  start.mutable_session_log()->set_status(tensorboard::SessionLog::START);
  EXPECT_EQ(Hex(EventRecord(start)),
            "0f000000000000006d532b090900001040fc54d94110053a0208014aa1e10c");
}

// tensorboard 2.21: tests/goldens/event_file.py
TEST(EventFileTest, BeginsWithItsVersion) {
  const auto file = EventFile::Create(TestFolder() + "/a/b", kWallTime);
  ASSERT_OK(file);
  EXPECT_EQ(Hex(ReadBytes((*file)->path())),
            "1800000000000000a37f4b220900001040fc54d9411a0d627261696e2e457665"
            "6e743a32338d2fe9");
}

TEST(EventFileTest, HandsOverEachEventAtOnce) {
  const auto file = EventFile::Create(TestFolder(), kWallTime);
  ASSERT_OK(file);
  std::string expected = ReadBytes((*file)->path());
  for (const int64_t step : {10, 20}) {
    ASSERT_OK((*file)->Append(EventAt(step)));
    expected += EventRecord(EventAt(step));
    EXPECT_EQ(Hex(ReadBytes((*file)->path())), Hex(expected));
  }
}

TEST(EventFileTest, NamesFilesInTheOrderOfTheirTimes) {
  const std::string folder = TestFolder();
  std::vector<std::string> paths;
  for (const double wall_time : {9.0, 10.0, 10.5, 11.0}) {
    const auto file = EventFile::Create(folder, wall_time);
    ASSERT_OK(file);
    paths.push_back((*file)->path());
  }
  EXPECT_EQ(paths.back(), folder + "/events.out.tfevents.0000000011.000");
  EXPECT_TRUE(std::is_sorted(paths.begin(), paths.end()));
  EXPECT_EQ(paths[2], folder + "/events.out.tfevents.0000000010.001");
}

TEST(EventFileTest, NamesAFolderThatCantBeMade) {
  const std::string blocked = TestFolder() + "/file";
  std::ofstream(blocked) << "in the way";
  EXPECT_THAT(EventFile::Create(blocked, kWallTime),
              FailsWith("file: can't be written: "));
}

}  // namespace
}  // namespace toque
