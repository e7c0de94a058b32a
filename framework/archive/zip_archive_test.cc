#include "framework/archive/zip_archive.h"

#include "absl/strings/escaping.h"
#include "framework/archive/little_endian.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

// Of Python 3.11's zipfile, in hex: "a" stored with the bytes "abc", "b"
// deflated with 100 zeros.
const char kZip[] =
    "504b030414000000000000002100c24124350300000003000000010000006161626350"
    "4b030414000000080000002100cac68899060000006400000001000000626360a03d00"
    "00504b0102140314000000000000002100c24124350300000003000000010000000000"
    "00000000000080010000000061504b0102140314000000080000002100cac688990600"
    "00006400000001000000000000000000000080012200000062504b0506000000000200"
    "02005e000000470000000000";

std::string Archive() { return absl::HexStringToBytes(kZip); }

absl::StatusOr<std::string> Inflated(const ZipEntry& entry, uint64_t most) {
  std::string bytes;
  RETURN_IF_ERROR(Inflate(entry, most, [&bytes](uint64_t size) {
    bytes.resize(size);
    return bytes.data();
  }));
  return bytes;
}

TEST(ZipArchiveTest, ReadsStoredAndDeflatedEntries) {
  const std::string archive = Archive();
  const auto entries = ReadZip(archive);
  ASSERT_OK(entries);
  ASSERT_EQ(entries->size(), 2u);
  const ZipEntry* a = FindEntry(*entries, "a");
  const ZipEntry* b = FindEntry(*entries, "b");
  ASSERT_NE(a, nullptr);
  ASSERT_NE(b, nullptr);
  EXPECT_EQ(FindEntry(*entries, "c"), nullptr);
  EXPECT_FALSE(a->deflated);
  EXPECT_EQ(a->bytes, "abc");
  EXPECT_OK(CheckCrc(*a, a->bytes));
  EXPECT_TRUE(b->deflated);
  EXPECT_EQ(*Inflated(*b, 1000), std::string(100, '\0'));
  EXPECT_THAT(Inflated(*b, 99), FailsWith("b: must have at most 99 bytes"));
}

TEST(ZipArchiveTest, FindsEveryCut) {
  const std::string archive = Archive();
  for (size_t size = 0; size < archive.size(); ++size) {
    EXPECT_THAT(ReadZip(std::string_view(archive).substr(0, size)),
                FailsWith("is no zip archive, or is cut off"))
        << size;
  }
}

TEST(ZipArchiveTest, FindsDamage) {
  std::string archive = Archive();
  archive[archive.find("abc") + 1] = 'x';
  const auto entries = ReadZip(archive);
  ASSERT_OK(entries);
  EXPECT_THAT(CheckCrc((*entries)[0], (*entries)[0].bytes),
              FailsWith("a: is damaged: its checksum is not that"));
}

// The archive with a field of the first entry in the directory changed.
std::string With(size_t offset, size_t size, uint64_t value) {
  std::string archive = Archive();
  std::string bytes;
  AppendLittleEndian(value, size, &bytes);
  return archive.replace(archive.find("PK\1\2") + offset, size, bytes);
}

TEST(ZipArchiveTest, RefusesDirectoriesThatLie) {
  EXPECT_THAT(ReadZip(With(8, 2, 1)), FailsWith("must not be encrypted"));
  EXPECT_THAT(
      ReadZip(With(10, 2, 12)),
      FailsWith("a: its method must be 0 (stored) or 8 (deflated), got 12"));
  EXPECT_THAT(ReadZip(With(20, 4, 1000)), FailsWith("a: "));
  EXPECT_THAT(ReadZip(With(24, 4, 1000)), FailsWith("must have one size"));
  EXPECT_THAT(ReadZip(With(28, 2, 60000)), FailsWith("directory is too short"));
  EXPECT_THAT(ReadZip(With(42, 4, 5)), FailsWith("header is not where"));
  EXPECT_THAT(ReadZip(With(42, 4, 1u << 31)), FailsWith("header is not where"));
  EXPECT_THAT(ReadZip(With(46, 1, 'z')), FailsWith("the directory's name"));
  // More bytes than there are before the next entry.
  std::string overlap = With(20, 4, 40);
  overlap.replace(overlap.find("PK\1\2") + 24, 4, std::string("\x28\0\0\0", 4));
  EXPECT_THAT(ReadZip(overlap), FailsWith("b: is no zip archive"));
}

TEST(ZipArchiveTest, BoundsWhatOneByteBecomes) {
  ZipEntry entry;
  entry.name = "bomb";
  entry.bytes = "x";
  entry.deflated = true;
  entry.size = 1u << 30;
  EXPECT_THAT(Inflated(entry, 1u << 31),
              FailsWith("bomb: must have at most 1096 bytes"));
}

}  // namespace
}  // namespace toque
