#include "framework/weights/builtin_weights.h"

#include "ATen/core/Tensor.h"
#include "framework/testing/testing.h"
#include "framework/weights/weights_file.h"

namespace toque {
namespace {

TEST(BuiltinWeightsTest, TellsNamesFromPaths) {
  EXPECT_TRUE(IsBuiltinName("efficientnet_lite0"));
  for (const char* path : {"", "weights.pth", "./weights", "a/b", "/a"}) {
    EXPECT_FALSE(IsBuiltinName(path)) << path;
  }
}

TEST(BuiltinWeightsTest, FindsWeightsOfAPackage) {
  const auto path = FindBuiltinWeights("efficientnet_lite0");
  ASSERT_OK(path);
  const auto file = ReadWeights(*path);
  ASSERT_OK(file);
  EXPECT_EQ(file->format, "torch legacy");
  ASSERT_EQ(file->tensors.size(), 296u);
  const auto& [name, weight] = file->tensors.front();
  EXPECT_EQ(name, "_conv_stem.weight");
  EXPECT_EQ(weight.sizes(), at::IntArrayRef({32, 3, 3, 3}));
  // As PyTorch reads it.
  EXPECT_NEAR(weight.to(at::kDouble).sum().item<double>(), -26.8114, 1e-4);
}

TEST(BuiltinWeightsTest, SaysWhatThereIsAndWhatToAdd) {
  EXPECT_THAT(
      FindBuiltinWeights("efficientnet"),
      FailsWith("no weights of the name \"efficientnet\" come with this "
                "program (there are efficientnet_lite0): add "
                "\"//framework/weights/pretrained:efficientnet\" to `data`"));
}

}  // namespace
}  // namespace toque
