#include "framework/pack/pack.h"

#include <cstring>
#include <filesystem>

#include "framework/pack/small_pack.h"
#include "xxhash.h"

namespace toque {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

template <typename Number>
Number At(const std::string& bytes, size_t place) {
  Number number;
  std::memcpy(&number, bytes.data() + place, sizeof number);
  return number;
}

using PackTest = SmallPack;

TEST_F(PackTest, GivesWhatWasWritten) {
  WholePack();
  const auto opened = PackReader::Open(path_);
  ASSERT_OK(opened);
  const PackReader& reader = **opened;
  ASSERT_EQ(reader.size(), 3);
  EXPECT_EQ(reader.classes(), 2);
  EXPECT_THAT(reader.class_names(), ElementsAre("cat", "dog"));
  const std::vector<std::vector<std::string>> pictures = {
      {"first"}, {"one", ""}, {"last"}};
  const std::vector<std::string> names = {"a/x", "clip", ""};
  std::vector<uint8_t> buffer;
  for (int64_t i = 0; i < 3; ++i) {
    const auto place = static_cast<size_t>(i);
    EXPECT_EQ(reader.Label(i), i == 1 ? 0 : 1);
    EXPECT_EQ(reader.Name(i), names[place]);
    ASSERT_EQ(reader.Pictures(i), int64_t(pictures[place].size()));
    for (int64_t k = 0; k < reader.Pictures(i); ++k) {
      const auto bytes = reader.Read(i, k, &buffer);
      ASSERT_OK(bytes);
      EXPECT_EQ(std::string(bytes->begin(), bytes->end()),
                pictures[place][static_cast<size_t>(k)]);
    }
  }
  EXPECT_FALSE(fs::exists(path_ + ".partial"));
}

// By the offsets of docs/pack_format.md.
TEST_F(PackTest, HoldsTheBytesThatTheFormatTells) {
  const std::string pack = WholePack();
  EXPECT_EQ(pack.substr(0, 8), "toque\npk");
  EXPECT_EQ(At<uint32_t>(pack, 8), 1u);
  EXPECT_EQ(At<uint32_t>(pack, 12), 88u);
  EXPECT_EQ(At<uint64_t>(pack, 16), XXH3_64bits("s", 1));
  EXPECT_EQ(At<uint64_t>(pack, 24), pack.size());
  const auto index = At<uint64_t>(pack, 32);
  EXPECT_EQ(At<uint64_t>(pack, 40), pack.size() - index);
  EXPECT_EQ(At<uint64_t>(pack, 48), 3u);
  EXPECT_EQ(At<uint64_t>(pack, 56), 4u);
  EXPECT_EQ(At<uint64_t>(pack, 64), 2u);
  EXPECT_EQ(At<uint64_t>(pack, 72),
            XXH3_64bits(pack.data() + index, pack.size() - index));
  EXPECT_EQ(At<uint64_t>(pack, 80), XXH3_64bits(pack.data(), 80));
  // The second picture of "clip": behind the header, "a/x", and "clip".
  const size_t record = 88 + (56 + 3 + 5) + (56 + 4 + 3);
  EXPECT_EQ(At<uint64_t>(pack, index + 16), record);
  EXPECT_EQ(pack.substr(record, 4), "rec1");
  EXPECT_EQ(At<uint32_t>(pack, record + 4), 4u);   // of the name
  EXPECT_EQ(At<uint64_t>(pack, record + 8), 0u);   // of the picture
  EXPECT_EQ(At<uint64_t>(pack, record + 16), 2u);  // source
  EXPECT_EQ(At<int32_t>(pack, record + 24), 0);    // label
  EXPECT_EQ(At<uint32_t>(pack, record + 28), 1u);  // picture
  EXPECT_EQ(At<uint32_t>(pack, record + 32), 2u);  // of two
  EXPECT_EQ(At<uint64_t>(pack, record + 40), XXH3_64bits("", 0));
  EXPECT_EQ(pack.substr(record + 56, 4), "clip");
  // First pictures of the examples, labels, names of the classes.
  EXPECT_EQ(At<uint64_t>(pack, index + 8 * 5 + 8), 1u);
  EXPECT_EQ(At<uint64_t>(pack, index + 8 * 5 + 16), 3u);
  EXPECT_EQ(At<int32_t>(pack, index + 8 * 9), 1);
  EXPECT_EQ(pack.substr(index + 8 * 9 + 12),
            std::string("\3\0\0\0cat\3\0\0\0dog", 14));
}

TEST_F(PackTest, FindsEveryChangedByte) {
  const std::string pack = WholePack();
  for (size_t i = 0; i < pack.size(); ++i) {
    for (const int bit : {0, 3, 7}) {
      std::string changed = pack;
      changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
      Write(path_, changed);
      EXPECT_FALSE(ReadAll().ok()) << "byte " << i << ", bit " << bit;
    }
  }
}

TEST_F(PackTest, FindsEveryCut) {
  const std::string pack = WholePack();
  for (size_t size = 0; size < pack.size(); ++size) {
    Write(path_, pack.substr(0, size));
    const absl::Status status = ReadAll();
    EXPECT_TRUE(absl::IsDataLoss(status)) << size << ": " << status;
  }
  Write(path_, pack + "x");
  EXPECT_THAT(ReadAll(), FailsWith("bytes that its header tells, got"));
}

TEST_F(PackTest, SaysWhereAFileIsBroken) {
  std::string pack = WholePack();
  const auto index = At<uint64_t>(pack, 32);
  const auto broken_at = [&](size_t place) {
    std::string changed = pack;
    changed[place] = static_cast<char>(changed[place] ^ 1);
    Write(path_, changed);
    return ReadAll();
  };
  EXPECT_THAT(broken_at(50), FailsWith("x.pack: broken at byte 0: the header's "
                                       "digest must be that of its bytes"));
  EXPECT_THAT(
      broken_at(index + 3),
      FailsWith(absl::StrCat("broken at byte ", index, ": the index's")));
  EXPECT_THAT(broken_at(88 + 9), FailsWith("broken at byte 88: the record's "
                                           "digest must be that"));
  EXPECT_THAT(broken_at(88 + 56 + 3 + 1),
              FailsWith("broken at byte 147: the picture's digest must be"));
  EXPECT_THAT(broken_at(8), FailsWith("the version must be 1, got 0"));
  Write(path_, pack.substr(0, 40));
  EXPECT_THAT(ReadAll(), FailsWith("broken at byte 40: the file ends here"));
  Write(path_, "some text that is no pack at all" + std::string(99, ' '));
  EXPECT_THAT(ReadAll(), FailsWith("a pack must begin with its sign"));
  EXPECT_THAT(PackReader::Open(path_ + "?"),
              FailsWith("x.pack?: can't be opened: No such file"));
}

TEST_F(PackTest, SurvivesAFileThatShrinksWhileItIsOpen) {
  WholePack();
  const auto reader = PackReader::Open(path_);
  ASSERT_OK(reader);
  fs::resize_file(path_, 200);
  std::vector<uint8_t> buffer;
  EXPECT_OK((*reader)->Read(0, 0, &buffer));
  const auto bytes = (*reader)->Read(2, 0, &buffer);
  EXPECT_THAT(bytes, FailsWith("the file ends here"));
  EXPECT_TRUE(absl::IsDataLoss(bytes.status()));
  EXPECT_EQ((*reader)->Name(2), "?");
}

// Digests are right, and what they vouch for leads out of the file.
TEST_F(PackTest, RefusesAnIndexThatLeadsAstray) {
  const std::string pack = WholePack();
  const auto index = At<uint64_t>(pack, 32);
  const auto with = [&](size_t place, uint64_t value) {
    std::string changed = pack;
    std::memcpy(changed.data() + place, &value, 8);
    const uint64_t of_index =
        XXH3_64bits(changed.data() + index, changed.size() - index);
    std::memcpy(changed.data() + 72, &of_index, 8);
    const uint64_t of_header = XXH3_64bits(changed.data(), 80);
    std::memcpy(changed.data() + 80, &of_header, 8);
    Write(path_, changed);
    return ReadAll();
  };
  const uint64_t huge = ~uint64_t{0};
  for (const uint64_t value : {huge, huge / 8, huge / 2, uint64_t{0}}) {
    for (const size_t place : {24, 32, 40, 48, 56}) {
      EXPECT_FALSE(with(place, value).ok()) << place << " " << value;
    }
    // Offsets and first pictures but the first ones.
    for (size_t place = index; place < index + 8 * 9; place += 8) {
      const bool first = place == index + 8 * 5;
      if (first && value == 0) continue;
      EXPECT_FALSE(with(place, value).ok()) << place << " " << value;
    }
  }
  EXPECT_FALSE(with(64, 1).ok());                     // classes: labels reach 1
  EXPECT_FALSE(with(index + 8 * 9, huge).ok());       // labels
  EXPECT_FALSE(with(index + 8 * 9 + 12, huge).ok());  // length of "cat"
}

// Digests are right, and lengths overflow to the one that the index tells.
TEST_F(PackTest, RefusesLengthsThatLeadAstray) {
  const std::string pack = WholePack();
  const size_t record = 88, size = 56 + 3 + 5;
  for (const uint32_t name : {4097u, 0xFFFFFFF0u}) {
    std::string changed = pack;
    const uint64_t picture = size - 56 - uint64_t{name};
    std::memcpy(changed.data() + record + 4, &name, 4);
    std::memcpy(changed.data() + record + 8, &picture, 8);
    const uint64_t digest =
        XXH3_64bits_withSeed(changed.data() + record + 56, size - 56,
                             XXH3_64bits(changed.data() + record, 48));
    std::memcpy(changed.data() + record + 48, &digest, 8);
    Write(path_, changed);
    const absl::Status status = ReadAll();
    EXPECT_THAT(status, FailsWith("broken at byte 88: no name or no "
                                  "picture is so long"));
    EXPECT_TRUE(absl::IsDataLoss(status));
  }
}

TEST_F(PackTest, TellsWhatItWasMadeOf) {
  WholePack();
  const auto reader = PackReader::Open(path_);
  ASSERT_OK(reader);
  EXPECT_TRUE((*reader)->IsOf("s"));
  EXPECT_FALSE((*reader)->IsOf("other"));
}

}  // namespace
}  // namespace toque
