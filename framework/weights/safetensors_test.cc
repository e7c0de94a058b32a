#include "framework/weights/safetensors.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "ATen/ops/arange.h"
#include "ATen/ops/empty.h"
#include "ATen/ops/tensor.h"
#include "ATen/ops/zeros.h"
#include "absl/strings/escaping.h"
#include "framework/testing/testing.h"
#include "xxhash.h"

namespace toque {
namespace {

// tests/goldens/safetensors.py, safetensors 0.8.0.
constexpr const char* kPythonHeader =
    R"({"__metadata__":{"format":"np"},)"
    R"("step":{"dtype":"I64","shape":[],"data_offsets":[0,8]},)"
    R"("bias":{"dtype":"F32","shape":[2],"data_offsets":[8,16]},)"
    R"("weight":{"dtype":"F32","shape":[2,2],"data_offsets":[16,32]},)"
    R"("none":{"dtype":"F16","shape":[0,3],"data_offsets":[32,32]},)"
    R"("mask":{"dtype":"BOOL","shape":[3],"data_offsets":[32,35]}}   )";
constexpr const char* kPythonData =
    "0700000000000000"
    "0000003f000000bf"
    "0000803f000020c00000000000008040"
    "010001";

// The same tensors.
State SomeState() {
  State state;
  state.SetInteger("step", 7);
  state.Set("bias", at::tensor({0.5f, -0.5f}));
  state.Set("weight", at::tensor({1.0f, -2.5f, 0.0f, 4.0f}).view({2, 2}));
  state.Set("none", at::zeros({0, 3}, at::kHalf));
  state.Set("mask", at::tensor({1, 0, 1}).to(at::kBool));
  return state;
}

void ExpectEqual(const State& a, const State& b) {
  ASSERT_EQ(a.tensors().size(), b.tensors().size());
  for (const auto& [name, tensor] : a.tensors()) {
    ASSERT_TRUE(b.Has(name)) << name;
    const at::Tensor other = *b.Get(name);
    EXPECT_EQ(tensor.scalar_type(), other.scalar_type()) << name;
    EXPECT_EQ(tensor.sizes(), other.sizes()) << name;
    EXPECT_TRUE(tensor.equal(other)) << name;
  }
}

std::string Contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string Written(const State& state, const Metadata& metadata = {}) {
  const std::string path = TestFolder() + "/some.safetensors";
  EXPECT_OK(WriteSafetensors(path, state, metadata));
  return Contents(path);
}

// A file of the given header and data, and their lengths as they are.
std::string FileOf(const std::string& header, const std::string& data) {
  std::string file(8, '\0');
  const uint64_t length = header.size();
  std::memcpy(file.data(), &length, 8);
  return file + header + data;
}

absl::StatusOr<Safetensors> Parse(const std::string& file) {
  const at::Tensor bytes =
      at::empty({static_cast<int64_t>(file.size())}, at::kByte);
  std::copy(file.begin(), file.end(), bytes.mutable_data_ptr<uint8_t>());
  return ParseSafetensors(bytes);
}

TEST(SafetensorsTest, RoundTripsEveryType) {
  State state;
  for (const at::ScalarType type :
       {at::kBool, at::kByte, at::kChar, at::kShort, at::kInt, at::kLong,
        at::kHalf, at::kBFloat16, at::kFloat, at::kDouble}) {
    const std::string name = c10::toString(type);
    const at::Tensor values = at::arange(6).sub(3).to(type);
    state.Set(name, values.view({2, 3}));
    state.Set(name + ".scalar", values[0]);
    state.Set(name + ".empty", at::zeros({2, 0}, type));
  }
  const auto read = Parse(Written(state, {{"a", "\"\n\xC3\xA9"}, {"b", ""}}));
  ASSERT_OK(read);
  ExpectEqual(read->state, state);
  EXPECT_EQ(read->metadata, (Metadata{{"a", "\"\n\xC3\xA9"}, {"b", ""}}));
}

TEST(SafetensorsTest, RoundTripsTensorsThatAreNotContiguous) {
  State state;
  state.Set("transposed", at::arange(6).view({2, 3}).t());
  state.Set("expanded", at::arange(3).expand({2, 3}));
  const auto read = Parse(Written(state));
  ASSERT_OK(read);
  ExpectEqual(read->state, state);
}

TEST(SafetensorsTest, RoundTripsNothing) {
  const auto read = Parse(Written(State()));
  ASSERT_OK(read);
  EXPECT_TRUE(read->state.tensors().empty());
  EXPECT_TRUE(read->metadata.empty());
}

TEST(SafetensorsTest, ReadsAFileOfThePythonLibrary) {
  const auto read =
      Parse(FileOf(kPythonHeader, absl::HexStringToBytes(kPythonData)));
  ASSERT_OK(read);
  ExpectEqual(read->state, SomeState());
  EXPECT_EQ(read->metadata, (Metadata{{"format", "np"}}));
}

TEST(SafetensorsTest, WritesWhatPythonWritesButForTheDigest) {
  std::string header = kPythonHeader;
  header.insert(header.find("\"format\""),
                R"("digest":"xxh3","xxh3":"0000000000000000",)");
  header.resize((header.find_last_not_of(' ') + 8) / 8 * 8, ' ');
  std::string file = FileOf(header, absl::HexStringToBytes(kPythonData));
  char digest[17];
  std::snprintf(
      digest, sizeof(digest), "%016llx",
      static_cast<unsigned long long>(XXH3_64bits(file.data(), file.size())));
  file.replace(file.find("0000000000000000", 8), 16, digest);
  EXPECT_EQ(Written(SomeState(), {{"format", "np"}}), file);
}

TEST(SafetensorsTest, FindsEveryFlippedBit) {
  const std::string file = Written(SomeState(), {{"format", "np"}});
  ASSERT_OK(Parse(file));
  for (size_t i = 0; i < file.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = file;
      flipped[i] = static_cast<char>(flipped[i] ^ (1 << bit));
      EXPECT_THAT(Parse(flipped), testing::Not(IsOk())) << i << ", " << bit;
    }
  }
}

TEST(SafetensorsTest, FindsEveryCut) {
  const std::string file = Written(SomeState());
  const std::string python =
      FileOf(kPythonHeader, absl::HexStringToBytes(kPythonData));
  for (size_t length = 0; length < file.size(); ++length) {
    EXPECT_THAT(Parse(file.substr(0, length)), testing::Not(IsOk())) << length;
  }
  for (size_t length = 0; length < python.size(); ++length) {
    EXPECT_THAT(Parse(python.substr(0, length)), testing::Not(IsOk()));
  }
}

struct BadHeader {
  const char* header;
  const char* error;
};

// Headers before eight bytes of data.
constexpr BadHeader kBadHeaders[] = {
    {"[]", "its header must be a JSON object"},
    {"{", "its header must be a JSON object"},
    {R"({"__metadata__":{"a":1}})", "its metadata must be texts by name"},
    {R"({"__metadata__":"a"})", "its metadata must be texts by name"},
    {R"({"__metadata__":{"xxh3":""}})", "its digest is not that"},
    {R"({"w":3})", "w: must be a JSON object"},
    {R"({"w":{}})", "w: dtype must be a type that LibTorch has, got none"},
    {R"({"w":{"dtype":"F8"}})",
     "w: dtype must be a type that LibTorch has, got F8"},
    {R"({"w":{"dtype":"F32","shape":2}})",
     "w: shape must be a list of at most 64 whole numbers"},
    {R"({"w":{"dtype":"F32","shape":[-2]}})", "w: shape must be a list"},
    {R"({"w":{"dtype":"F32","shape":[2.0]}})", "w: shape must be a list"},
    {R"({"w":{"dtype":"F32","shape":[9223372036854775808]}})",
     "w: shape must be a list"},
    {R"({"w":{"dtype":"F32","shape":[2],"data_offsets":[0]}})",
     "w: data_offsets must be two numbers"},
    {R"({"w":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}})",
     "w: data_offsets must be in order and at most 8, got [8, 0]"},
    {R"({"w":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}})",
     "w: data_offsets must be in order and at most 8, got [4, 12]"},
    {R"({"w":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}})",
     "w: data_offsets must span 12 bytes, got 8"},
    {R"({"w":{"dtype":"F32","shape":[4294967296,4294967296,4],)"
     R"("data_offsets":[0,0]}})",
     "w: shape must have fewer than 2^63 bytes"},
    {R"({"w":{"dtype":"F32","shape":[0,4294967296,4294967296],)"
     R"("data_offsets":[0,0]}})",
     "w: shape must have fewer than 2^63 bytes"},
    {R"({"v":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)"
     R"("w":{"dtype":"I16","shape":[2],"data_offsets":[2,6]}})",
     "w: must not overlap with v"},
    {R"({"w":{"dtype":"BOOL","shape":[8],"data_offsets":[0,8]}})",
     "w: must hold zeros and ones"},
};

TEST(SafetensorsTest, RefusesHeadersThatDoNotFitTheFile) {
  for (const auto& [header, error] : kBadHeaders) {
    EXPECT_THAT(Parse(FileOf(header, std::string(8, '\2'))), FailsWith(error))
        << header;
  }
}

TEST(SafetensorsTest, RefusesAHeaderLargerThanTheFile) {
  EXPECT_THAT(Parse(std::string(8, '\xff') + "{}"),
              FailsWith("at most 2 bytes, got 18446744073709551615"));
}

TEST(SafetensorsTest, RefusesNestingWithoutEnd) {
  EXPECT_THAT(Parse(FileOf(std::string(1'000'000, '['), "")),
              FailsWith("its header must be a JSON object"));
}

TEST(SafetensorsTest, ReadsForeignFilesWithHolesAndBytesAtTheEnd) {
  const auto read = Parse(FileOf(
      R"({"w":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}})", "abcd"));
  ASSERT_OK(read);
  EXPECT_EQ(read->state.Get("w")->item<int64_t>(), 'b');
}

TEST(SafetensorsTest, AlignsTensorsOfForeignFiles) {
  const std::string header =
      R"({"w":{"dtype":"I32","shape":[1],"data_offsets":[0,4]}})";
  for (size_t spaces = 0; spaces < 4; ++spaces) {
    const auto read = Parse(
        FileOf(header + std::string(spaces, ' '), std::string("\1\2\0\0", 4)));
    ASSERT_OK(read);
    const at::Tensor tensor = *read->state.Get("w");
    EXPECT_EQ(reinterpret_cast<uintptr_t>(tensor.const_data_ptr()) % 4, 0u);
    EXPECT_EQ(tensor.item<int64_t>(), 513);
  }
}

TEST(SafetensorsTest, NamesTheFileThatCannotBeRead) {
  const std::string folder = TestFolder();
  EXPECT_THAT(ReadSafetensors(folder + "/none"),
              FailsWith("/none: can't be read: No such file or directory"));
  EXPECT_THAT(ReadSafetensors(folder), FailsWith(folder + ": must be a file"));
  std::ofstream(folder + "/short") << "abc";
  EXPECT_THAT(ReadSafetensors(folder + "/short"),
              FailsWith("/short: is no safetensors file: must have at "
                        "least 8 bytes, got 3"));
}

TEST(SafetensorsTest, RefusesToWriteWhatTheFormatDoesNotHave) {
  const std::string path = TestFolder() + "/file";
  const auto write = [&](const char* name, const at::Tensor& tensor) {
    State state;
    state.Set(name, tensor);
    return WriteSafetensors(path, state);
  };
  EXPECT_THAT(write("w", at::Tensor()), FailsWith("w: must be defined"));
  EXPECT_THAT(write("w", at::zeros({2, 2}).to_sparse()),
              FailsWith("w: must be dense, got Sparse"));
  EXPECT_THAT(write("w", at::zeros({2}, at::kComplexDouble)),
              FailsWith("must be of a type that safetensors has, got Complex"));
  EXPECT_THAT(write("__metadata__", at::zeros({2})),
              FailsWith("no tensor may have the name, got __metadata__"));
  EXPECT_THAT(write("\xff", at::zeros({2})), FailsWith("must be UTF-8"));
  EXPECT_THAT(WriteSafetensors(path, State(), {{"xxh3", "0"}}),
              FailsWith("leave digest and xxh3 to the writer"));
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(SafetensorsTest, RefusesEveryMalformedFile) {
  SKIP_WITHOUT_DATA();
  for (const auto& entry : std::filesystem::recursive_directory_iterator(
           DataFolder() + "/malformed-weights")) {
    if (!entry.is_regular_file()) continue;
    EXPECT_THAT(ReadSafetensors(entry.path()),
                FailsWith(entry.path().string()));
  }
}

TEST(SafetensorsTest, ReadsTheWeightsOfAnotherFramework) {
  SKIP_WITHOUT_DATA();
  const auto read =
      ReadSafetensors(DataFolder() + "/weights/burn/mnist.safetensors");
  ASSERT_OK(read);
  const auto weight = read->state.Get("conv1.weight");
  ASSERT_OK(weight);
  EXPECT_EQ(weight->sizes(), at::IntArrayRef({8, 1, 3, 3}));
}

}  // namespace
}  // namespace toque
