#include "framework/weights/weights_file.h"

#include <filesystem>
#include <fstream>
#include <set>

#include "ATen/ops/arange.h"
#include "ATen/ops/equal.h"
#include "ATen/ops/ones.h"
#include "framework/testing/testing.h"
#include "framework/weights/torch_file.h"

namespace toque {
namespace {

// A file of tests/goldens/weights.py.
std::string Golden(const std::string& name) {
  return "framework/weights/testdata/" + name;
}

// What every tensor of the goldens holds.
at::Tensor Values(at::IntArrayRef shape, at::ScalarType type = at::kFloat) {
  return at::arange(c10::multiply_integers(shape)).sub(3).to(type).view(shape);
}

std::map<std::string, at::Tensor> ByName(
    const absl::StatusOr<WeightsFile>& file) {
  EXPECT_OK(file);
  if (!file.ok()) return {};
  return {file->tensors.begin(), file->tensors.end()};
}

std::vector<std::string> NamesOf(const absl::StatusOr<WeightsFile>& file) {
  std::vector<std::string> names;
  EXPECT_OK(file);
  if (!file.ok()) return names;
  for (const auto& [name, tensor] : file->tensors) names.push_back(name);
  return names;
}

void ExpectEqual(const at::Tensor& tensor, const at::Tensor& expected) {
  ASSERT_EQ(tensor.scalar_type(), expected.scalar_type());
  ASSERT_EQ(tensor.sizes(), expected.sizes());
  // Types without an equality of their own fit complex numbers, too.
  EXPECT_TRUE(
      at::equal(tensor.to(at::kComplexDouble), expected.to(at::kComplexDouble)))
      << tensor;
}

const std::map<std::string, at::ScalarType> kTypes = {
    {"float32", at::kFloat},
    {"float64", at::kDouble},
    {"float16", at::kHalf},
    {"bfloat16", at::kBFloat16},
    {"int64", at::kLong},
    {"int32", at::kInt},
    {"int16", at::kShort},
    {"int8", at::kChar},
    {"uint8", at::kByte},
    {"bool", at::kBool},
    {"complex64", at::kComplexFloat},
    {"complex128", at::kComplexDouble},
    {"uint16", at::kUInt16},
    {"float8_e4m3fn", at::kFloat8_e4m3fn}};

// Of tensors on a GPU, too, which are read to the CPU.
class TypesTest : public testing::TestWithParam<const char*> {};

TEST_P(TypesTest, ReadsEveryTypeThatTheFormatHas) {
  const auto tensors = ByName(ReadWeights(Golden(GetParam())));
  EXPECT_GE(tensors.size(), 9u);
  for (const auto& [name, tensor] : tensors) {
    SCOPED_TRACE(name);
    const auto type = kTypes.find(name);
    if (type == kTypes.end()) continue;  // of npz, below
    ExpectEqual(tensor, Values({2, 3}, type->second));
  }
}

INSTANTIATE_TEST_SUITE_P(Files, TypesTest,
                         testing::Values("types.pth", "types_protocol4.pth",
                                         "types_cuda.pth", "types_legacy.pth",
                                         "plain.npz", "deflated.npz"));

class ViewsTest : public testing::TestWithParam<const char*> {};

TEST_P(ViewsTest, ReadsViewsOffsetsAndStrides) {
  const auto file = ReadWeights(Golden(GetParam()));
  EXPECT_EQ(NamesOf(file), (std::vector<std::string>{
                               "base", "transposed", "row", "every_other",
                               "expanded", "scalar", "none"}));
  auto tensors = ByName(file);
  const at::Tensor base = Values({4, 6});
  ExpectEqual(tensors["base"], base);
  ExpectEqual(tensors["transposed"], base.t());
  ExpectEqual(tensors["row"], base[2]);
  ExpectEqual(tensors["every_other"],
              base.slice(0, 1).slice(1, 0, std::nullopt, 2));
  ExpectEqual(tensors["expanded"], Values({1}).expand({2, 3}));
  ExpectEqual(tensors["scalar"], Values({}));
  EXPECT_EQ(tensors["none"].sizes(), at::IntArrayRef({0, 3}));
  // Storages are shared as they were.
  EXPECT_EQ(tensors["row"].const_data_ptr<float>(),
            tensors["base"].const_data_ptr<float>() + 12);
}

INSTANTIATE_TEST_SUITE_P(Files, ViewsTest,
                         testing::Values("views.pth", "views_legacy.pth"));

TEST(WeightsFileTest, ReadsColumnsAndScalarsOfNumPy) {
  auto tensors = ByName(ReadWeights(Golden("plain.npz")));
  ExpectEqual(tensors["columns"], Values({2, 3}));
  ExpectEqual(tensors["scalar"], Values({}));
}

TEST(WeightsFileTest, FindsTheModelOfATrainingCheckpoint) {
  const auto file = ReadWeights(Golden("checkpoint.pth"));
  EXPECT_EQ(NamesOf(file),
            (std::vector<std::string>{
                "0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean",
                "1.running_var", "1.num_batches_tracked"}));
  ExpectEqual(file->tensors[0].second, Values({2, 3}));
  EXPECT_EQ(file->format, "torch zip");
  EXPECT_EQ(file->metadata, (Metadata{{"arch", "small"},
                                      {"done", "false"},
                                      {"epoch", "12"},
                                      {"rate", "0.25"}}));
}

TEST(WeightsFileTest, ReadsThePartThatAKeyNames) {
  const std::string path = Golden("checkpoint.pth");
  EXPECT_EQ(NamesOf(ReadWeights(path, "ema.model")),
            std::vector<std::string>{"module.weight"});
  EXPECT_THAT(ReadWeights(path, "model_ema"),
              FailsWith("key must be one of the file's (there are epoch, best, "
                        "arch, rate, done, shape, device, optimizer, "
                        "state_dict, ema), got model_ema"));
  const auto whole = NamesOf(ReadWeights(path, "."));
  const std::set<std::string> names(whole.begin(), whole.end());
  EXPECT_TRUE(names.contains("state_dict.0.weight"));
  EXPECT_TRUE(names.contains("optimizer.state.0.exp_avg"));
  EXPECT_TRUE(names.contains("ema.model.module.weight"));
}

TEST(WeightsFileTest, JoinsTheKeysOfNestedContainers) {
  auto file = ReadWeights(Golden("nested.pth"));
  EXPECT_EQ(NamesOf(file),
            (std::vector<std::string>{"a.b.0", "a.b.1", "a.7", "p"}));
  auto tensors = ByName(file);
  ExpectEqual(tensors["a.b.1"], Values({3}));
  ExpectEqual(tensors["p"], Values({2, 2}));
  EXPECT_EQ(NamesOf(ReadWeights(Golden("tensor.pth"))),
            std::vector<std::string>{"tensor"});
}

TEST(WeightsFileTest, ReadsTheModelOfOurCheckpoints) {
  State state;
  state.Set("model.fc.weight", Values({2, 3}));
  state.SetInteger("progress.step", 7);
  const std::string path = TestFolder() + "/last.safetensors";
  ASSERT_OK(WriteSafetensors(path, state, {{"format", "toque/1"}}));
  const auto file = ReadWeights(path);
  EXPECT_EQ(NamesOf(file), std::vector<std::string>{"fc.weight"});
  EXPECT_EQ(NamesOf(ReadWeights(path, ".")).size(), 2u);
  EXPECT_THAT(ReadWeights(path, "ema"), FailsWith("key must be what"));
}

TEST(WeightsFileTest, RoundTripsWhatItWrites) {
  for (const char* name : {"a.pth", "a.pt", "a.safetensors"}) {
    SCOPED_TRACE(name);
    WeightsFile file;
    for (const auto& [type_name, type] : kTypes) {
      if (c10::isComplexType(type) || type == at::kUInt16 ||
          type == at::kFloat8_e4m3fn) {
        continue;
      }
      file.tensors.emplace_back(type_name, Values({2, 3}, type));
    }
    file.tensors.emplace_back("transposed", Values({4, 6}).t());
    file.tensors.emplace_back("scalar", Values({}));
    file.tensors.emplace_back("none", at::ones({0, 3}));
    const std::string path = TestFolder() + "/" + name;
    ASSERT_OK(WriteWeights(path, file));
    auto read = ByName(ReadWeights(path));
    ASSERT_EQ(read.size(), file.tensors.size());
    for (const auto& [key, tensor] : file.tensors) {
      SCOPED_TRACE(key);
      ExpectEqual(read[key], tensor);
    }
  }
}

TEST(WeightsFileTest, RoundTripsTheRarerTypesOfSafetensors) {
  WeightsFile file;
  for (const at::ScalarType type :
       {at::kUInt16, at::kUInt32, at::kUInt64, at::kComplexFloat,
        at::kFloat8_e5m2, at::kFloat8_e4m3fn, at::kFloat8_e8m0fnu}) {
    file.tensors.emplace_back(c10::toString(type),
                              at::arange(1, 3).to(at::kFloat).to(type));
  }
  const std::string path = TestFolder() + "/a.safetensors";
  ASSERT_OK(WriteWeights(path, file));
  auto read = ByName(ReadWeights(path));
  for (const auto& [name, tensor] : file.tensors) {
    SCOPED_TRACE(name);
    ExpectEqual(read[name], tensor);
  }
}

TEST(WeightsFileTest, WritesConjugatedValuesAsTheyAre) {
  const at::Tensor values =
      Values({3}, at::kComplexFloat).mul(c10::complex<float>(0, 1));
  const std::string folder = TestFolder();
  for (const char* name : {"/a.pth", "/a.safetensors"}) {
    WeightsFile file;
    file.tensors.emplace_back("w", values.conj());
    ASSERT_OK(WriteWeights(folder + name, file));
    ExpectEqual(ByName(ReadWeights(folder + name))["w"], values.neg());
  }
}

TEST(WeightsFileTest, WritesTheSameBytesForTheSameTensors) {
  const auto written = [](const std::string& name) {
    const std::string path = TestFolder() + "/" + name;
    EXPECT_OK(WriteTorchFile(path, {{"b", Values({3})}, {"a", Values({2})}}));
    EXPECT_EQ(NamesOf(ReadWeights(path)), (std::vector<std::string>{"b", "a"}));
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  EXPECT_EQ(written("first.pth"), written("second.pth"));
}

TEST(WeightsFileTest, WritingToATensorLeavesTheFileAsItIs) {
  const std::string path = TestFolder() + "/a.pth";
  ASSERT_OK(WriteTorchFile(path, {{"a", Values({64})}}));
  {
    const auto file = ReadWeights(path);
    ASSERT_OK(file);
    file->tensors[0].second.fill_(9);
  }
  ExpectEqual(ReadWeights(path)->tensors[0].second, Values({64}));
}

TEST(WeightsFileTest, TensorsOutliveTheFileTheyAreFrom) {
  const std::string path = TestFolder() + "/a.safetensors";
  WeightsFile file;
  file.tensors.emplace_back("a", Values({64}));
  ASSERT_OK(WriteWeights(path, file));
  const at::Tensor tensor = ReadWeights(path)->tensors[0].second;
  std::filesystem::remove(path);
  ExpectEqual(tensor, Values({64}));
}

TEST(WeightsFileTest, RefusesToWriteWhatTheFormatsDoNotHave) {
  const std::string path = TestFolder() + "/a.pth";
  EXPECT_THAT(WriteTorchFile(path, {{"w", at::Tensor()}}),
              FailsWith("a.pth: w: must be defined"));
  EXPECT_THAT(WriteTorchFile(path, {{"w", at::ones({2}).to_sparse()}}),
              FailsWith("w: must be dense, got Sparse"));
  EXPECT_THAT(WriteTorchFile(path, {{"w", at::ones({2}).to(at::kUInt16)}}),
              FailsWith("has a storage for, got UInt16"));
  EXPECT_THAT(WriteWeights(TestFolder() + "/a.onnx", {}),
              FailsWith("the name must end in .safetensors, .pth or .pt, got"));
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(WeightsFileTest, ReadsRealFilesOfOtherFrameworks) {
  SKIP_WITHOUT_DATA();
  const std::string folder = DataFolder() + "/weights/";
  const auto pickled = ReadWeights(folder + "burn/mnist.pt");
  const auto plain = ReadWeights(folder + "burn/mnist.safetensors");
  ASSERT_OK(pickled);
  ASSERT_OK(plain);
  std::map<std::string, at::Tensor> shapes = ByName(plain);
  EXPECT_EQ(shapes.size(), 20u);
  for (const auto& [name, tensor] : pickled->tensors) {
    EXPECT_EQ(shapes[name].sizes(), tensor.sizes()) << name;
  }
  const auto resnet = ReadWeights(folder + "akamaster/resnet20-12fca82f.th");
  EXPECT_EQ(NamesOf(resnet).front(), "module.conv1.weight");
  EXPECT_EQ(resnet->tensors.size(), 97u);
  EXPECT_EQ(resnet->metadata, (Metadata{{"best_prec1", "91.78"}}));
  EXPECT_EQ(ReadWeights(folder + "candle/test.npz")->tensors.size(), 2u);
}

}  // namespace
}  // namespace toque
