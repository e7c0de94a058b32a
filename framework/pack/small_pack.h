// A pack of three examples, for tests.

#ifndef TOQUE_FRAMEWORK_PACK_SMALL_PACK_H_
#define TOQUE_FRAMEWORK_PACK_SMALL_PACK_H_

#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "framework/pack/pack.h"
#include "framework/testing/testing.h"

namespace toque {

inline absl::Span<const uint8_t> Bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

class SmallPack : public testing::Test {
 protected:
  std::string Contents(const std::string& path) const {
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  }
  void Write(const std::string& path, const std::string& bytes) const {
    std::ofstream(path, std::ios::binary) << bytes;
  }

  std::unique_ptr<PackWriter> NewWriter(std::string_view source = "s") const {
    auto writer = PackWriter::Open(path_, source);
    EXPECT_OK(writer);
    return writer.ok() ? *std::move(writer) : nullptr;
  }

  // Three examples, the second of two pictures; number 1 of the source was left
  // out. Those that the file holds already are not added.
  void AddAll(PackWriter& writer, int64_t end = 4) const {
    const PackExample examples[] = {
        {.source = 0, .name = "a/x", .label = 1, .pictures = {Bytes("first")}},
        {.source = 2,
         .name = "clip",
         .label = 0,
         .pictures = {Bytes("one"), Bytes("")}},
        {.source = 3, .name = "", .label = 1, .pictures = {Bytes("last")}},
    };
    for (const PackExample& example : examples) {
      if (example.source < writer.next_source() || example.source >= end) {
        continue;
      }
      ASSERT_OK(writer.Add(example));
    }
  }

  std::string WholePack() const {
    const auto writer = NewWriter();
    AddAll(*writer);
    EXPECT_OK(writer->Finish(2, {"cat", "dog"}));
    return Contents(path_);
  }

  // All that a pack of AddAll gives, or the first error.
  absl::Status ReadAll() const {
    ASSIGN_OR_RETURN(const auto reader, PackReader::Open(path_));
    std::vector<uint8_t> buffer;
    for (int64_t i = 0; i < reader->size(); ++i) {
      for (int64_t k = 0; k < reader->Pictures(i); ++k) {
        RETURN_IF_ERROR(reader->Read(i, k, &buffer).status());
      }
    }
    return absl::OkStatus();
  }

  const std::string path_ = TestFolder() + "/x.pack";
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_PACK_SMALL_PACK_H_
