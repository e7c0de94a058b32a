#include "framework/shared/input_file.h"

#include <fstream>

#include "framework/testing/testing.h"
#include "zlib.h"

namespace toque {
namespace {

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

}  // namespace
}  // namespace toque
