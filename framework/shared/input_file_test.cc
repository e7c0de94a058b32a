#include "framework/shared/input_file.h"

#include <fstream>

#include "framework/testing/testing.h"
#include "zlib.h"

namespace toque {
namespace {

using testing::ElementsAre;
using testing::EndsWith;

using Bytes = std::vector<uint8_t>;

class InputFileTest : public testing::Test {
 protected:
  std::string Write(const Bytes& bytes) const {
    const std::string path = folder_ + "/file";
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    return path;
  }

  std::string WriteGzipped(const Bytes& bytes) const {
    const std::string path = folder_ + "/file.gz";
    gzFile file = gzopen(path.c_str(), "wb");
    gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
    gzclose(file);
    return path;
  }

  const std::string folder_ = TestFolder();
};

Bytes Contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

// Reads all, and returns the status of the last read.
absl::Status ReadAll(const std::string& path, Bytes* bytes) {
  auto file = InputFile::Open(path);
  RETURN_IF_ERROR(file.status());
  return file->Read(uint64_t{1} << 62, bytes);
}

// More than is read at once.
Bytes ManyBytes() {
  Bytes bytes(3'000'000);
  for (size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<uint8_t>(i * i >> 7);
  }
  return bytes;
}

TEST_F(InputFileTest, ReadsPlainAndGzippedFiles) {
  for (const std::string& path :
       {Write(ManyBytes()), WriteGzipped(ManyBytes())}) {
    Bytes bytes;
    ASSERT_OK(ReadAll(path, &bytes));
    EXPECT_TRUE(bytes == ManyBytes()) << path;
  }
}

TEST_F(InputFileTest, AddsPartAfterPart) {
  auto file = InputFile::Open(Write({1, 2, 3, 4, 5}));
  ASSERT_OK(file);
  Bytes bytes = {0};
  ASSERT_OK(file->Read(2, &bytes));
  EXPECT_EQ(bytes, Bytes({0, 1, 2}));
  ASSERT_OK(file->Read(9, &bytes));
  EXPECT_EQ(bytes, Bytes({0, 1, 2, 3, 4, 5}));
  ASSERT_OK(file->Read(9, &bytes));
  EXPECT_EQ(bytes.size(), 6u);
}

TEST_F(InputFileTest, EndsWhereAGzippedFileWasCut) {
  Bytes gzipped = Contents(WriteGzipped(ManyBytes()));
  gzipped.resize(gzipped.size() / 2);
  Bytes bytes;
  EXPECT_OK(ReadAll(Write(gzipped), &bytes));
  EXPECT_GT(bytes.size(), 0u);
  EXPECT_LT(bytes.size(), ManyBytes().size());
}

TEST_F(InputFileTest, NoticesDamageOfGzippedData) {
  Bytes gzipped = Contents(WriteGzipped(ManyBytes()));
  gzipped[gzipped.size() - 8] ^= 1;  // of the checksum
  Bytes bytes;
  EXPECT_THAT(ReadAll(Write(gzipped), &bytes),
              FailsWith("incorrect data check"));
}

TEST_F(InputFileTest, SaysWhyAFileCannotBeRead) {
  Bytes bytes;
  EXPECT_THAT(ReadAll(folder_ + "/none", &bytes),
              FailsWith("can't be opened: No such file or directory"));
  EXPECT_THAT(ReadAll(folder_, &bytes),
              FailsWith("can't be read: Is a directory"));
}

// The lines of a file, and the error that ended them.
std::vector<std::string> Lines(const std::string& path) {
  std::vector<std::string> lines;
  const absl::Status status = ForEachLine(path, [&](std::string_view line) {
    lines.emplace_back(line);
    return line == "stop" ? Invalid("must not stop") : absl::OkStatus();
  });
  if (!status.ok()) lines.emplace_back(status.message());
  return lines;
}

TEST_F(InputFileTest, ReadsLines) {
  const auto lines_of = [this](const std::string& text) {
    return Lines(Write(Bytes(text.begin(), text.end())));
  };
  EXPECT_THAT(lines_of(""), ElementsAre());
  EXPECT_THAT(lines_of("a\n\nb\r\nc"), ElementsAre("a", "", "b", "c"));
  EXPECT_THAT(lines_of("a\nstop\nb\n"),
              ElementsAre("a", "stop", EndsWith("/file:2: must not stop")));
  EXPECT_THAT(lines_of(std::string("a\nb\0c\n", 6)),
              ElementsAre("a", EndsWith("/file:2: must be a line of text")));
  const std::string long_line(65536, 'x');
  EXPECT_THAT(lines_of(long_line + "\r\ny"), ElementsAre(long_line, "y"));
  EXPECT_THAT(lines_of(std::string(3 << 20, 'x')),
              ElementsAre(EndsWith("/file:1: must be a line of text")));
  EXPECT_THAT(Lines(folder_ + "/none"),
              ElementsAre(EndsWith("/none: can't be opened: No such file or "
                                   "directory")));
}

TEST_F(InputFileTest, ReadsLinesThatLieAcrossItsChunks) {
  std::string text;
  std::vector<std::string> expected;
  for (int i = 0; i < 300000; ++i) {
    expected.push_back(std::to_string(i));
    text += expected.back() + "\n";
  }
  EXPECT_EQ(Lines(WriteGzipped(Bytes(text.begin(), text.end()))), expected);
}

}  // namespace
}  // namespace toque
