#include "framework/core/example.h"

#include <algorithm>

#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::ElementsAre;

TEST(ExampleTest, KeepsTheMemoryOfValuesOfTheSameShape) {
  Example example;
  const float* const before = example.Values({2, 3}).data();
  EXPECT_EQ(example.Values({2, 3}).data(), before);
  EXPECT_EQ(example.values.sizes(), at::IntArrayRef({2, 3}));
}

TEST(ExampleTest, NeverWritesOverValuesThatSomeoneHolds) {
  Example example;
  std::ranges::fill(example.Values(3), 1.0f);
  const at::Tensor held = example.values;
  std::ranges::fill(example.Values(3), 2.0f);
  EXPECT_EQ(held.sum().item<float>(), 3);
}

TEST(ExampleTest, MakesValuesOfFloatsWhateverTheyWereCastTo) {
  Example example;
  example.Values(3);
  example.values = example.values.to(at::kLong);
  EXPECT_EQ(example.Values(3).size(), 3u);
  EXPECT_EQ(example.values.scalar_type(), at::kFloat);
}

TEST(ExampleTest, HoldsEitherImagesOrValues) {
  Example example;
  example.Values(3);
  example.SetImage();
  EXPECT_TRUE(example.has_images());
  EXPECT_FALSE(example.values.defined());
  example.Values(3);
  EXPECT_FALSE(example.has_images());
}

TEST(ExampleTest, HoldsOneImageAfterMany) {
  Example example;
  example.images.resize(3);
  for (auto& view : example.images) view.resize(2);
  example.SetImage();
  ASSERT_EQ(example.images.size(), 1u);
  EXPECT_EQ(example.images[0].size(), 1u);
}

TEST(ExampleTest, HoldsEitherALabelOrATarget) {
  Example example;
  std::ranges::fill(example.SetTarget(2, at::kLong), 4.0f);
  EXPECT_EQ(example.target_kind(), TargetKind::kValues);
  EXPECT_THAT(example.target(), ElementsAre(4, 4));
  EXPECT_EQ(example.target_type(), at::kLong);
  example.SetLabel(7);
  EXPECT_EQ(example.target_kind(), TargetKind::kLabel);
  EXPECT_EQ(example.label(), 7);
}

}  // namespace
}  // namespace toque
