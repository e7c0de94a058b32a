// //tools:export on a small model. What PyTorch and onnxruntime make of its
// files is checked by tools/check_export.py.

#include <filesystem>
#include <fstream>

#include "ATen/core/Tensor.h"
#include "framework/weights/safetensors.h"
#include "tests/tools/run_tool.h"

namespace toque {
namespace {

using testing::HasSubstr;

constexpr char kModel[] =
    "--model=[type.googleapis.com/recipe.Mlp] { inputs: 6 hidden: 4 classes: 3 "
    "}";

std::string Out(const std::string& name) {
  return testing::TempDir() + "/" + name;
}

ToolRun Export(const std::vector<std::string>& flags) {
  std::vector<std::string> arguments = {"tools/export", kModel};
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  return RunTool(arguments);
}

std::string Contents(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(ExportTest, WritesAModuleItsWeightsAndAnExample) {
  const std::string out = Out("python");
  const ToolRun run = Export({"--out=" + out});
  ASSERT_EQ(run.status, 0) << run.output;
  EXPECT_THAT(Contents(out + "/net.py"),
              HasSubstr("Shapes: [N, 6] to [N, 3]."));
  const auto weights = ReadSafetensors(out + "/net.safetensors");
  ASSERT_OK(weights);
  std::vector<std::string> names;
  for (const auto& [name, tensor] : weights->state.tensors()) {
    names.push_back(name);
  }
  EXPECT_THAT(names, testing::ElementsAre("net.1.bias", "net.1.weight",
                                          "net.4.bias", "net.4.weight"));
  const auto example = ReadSafetensors(out + "/example.safetensors");
  ASSERT_OK(example);
  EXPECT_EQ(example->state.Get("input")->sizes(), at::IntArrayRef({3, 6}));
  EXPECT_EQ(example->state.Get("output")->sizes(), at::IntArrayRef({3, 3}));
  EXPECT_FALSE(std::filesystem::exists(out + "/net.onnx"));
}

TEST(ExportTest, WritesOnnx) {
  const std::string out = Out("onnx");
  const ToolRun run = Export({"--out=" + out, "--format=onnx"});
  ASSERT_EQ(run.status, 0) << run.output;
  EXPECT_THAT(Contents(out + "/net.onnx"), HasSubstr("net.1.weight"));
}

TEST(ExportTest, WritesNamesOfClassesAndTransformsThatAreGiven) {
  const std::string out = Out("described"), names = Out("classes.txt");
  std::ofstream(names) << "cat\ndog\nfox\n";
  const ToolRun run = Export(
      {"--out=" + out, "--classes=" + names,
       "--transforms=transform { [type.googleapis.com/recipe.ToTensor] {} }"});
  ASSERT_EQ(run.status, 0) << run.output;
  EXPECT_THAT(Contents(out + "/net.py"), HasSubstr("    \"fox\",\n]\n"));
  EXPECT_THAT(Contents(out + "/net.py"), HasSubstr("recipe.ToTensor"));
  const std::string plain = Out("plain");
  ASSERT_EQ(Export({"--out=" + plain}).status, 0);
  EXPECT_THAT(Contents(plain + "/net.py"),
              HasSubstr("CLASSES = []\nTRANSFORMS = \"\"\n"));
}

TEST(ExportTest, SaysWhatIsWrong) {
  EXPECT_THAT(Export({}).output, HasSubstr("--out must be given"));
  EXPECT_THAT(Export({"--out=" + Out("no"), "--format=caffe"}).output,
              HasSubstr("--format must be python or onnx, got caffe"));
}

}  // namespace
}  // namespace toque
