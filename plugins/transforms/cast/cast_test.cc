#include "ATen/ops/equal.h"
#include "ATen/ops/tensor.h"
#include "framework/core/transform.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

at::Tensor Cast(std::string_view options, const at::Tensor& values) {
  Example example;
  example.values = values;
  Rng rng(0);
  EXPECT_OK(MakeOrDie<Transform>("recipe.Cast", options)->Apply(example, rng));
  return example.values;
}

TEST(CastTest, CutsTowardZero) {
  const at::Tensor cut =
      Cast("type: INT64", at::tensor({1.9f, -1.9f, 0.5f, -0.5f}));
  EXPECT_EQ(cut.scalar_type(), at::kLong);
  EXPECT_TRUE(at::equal(cut, at::tensor({1, -1, 0, 0}, at::kLong)));
}

TEST(CastTest, CopiesNothingWhereTheTypeIsRight) {
  const at::Tensor values = at::tensor({1.0f, 2.0f});
  EXPECT_EQ(Cast("", values).data_ptr(), values.data_ptr());
}

TEST(CastTest, KnowsEveryType) {
  const at::Tensor values = at::tensor({3.0});
  const std::pair<const char*, at::ScalarType> types[] = {
      {"FLOAT32", at::kFloat}, {"FLOAT64", at::kDouble},
      {"FLOAT16", at::kHalf},  {"BFLOAT16", at::kBFloat16},
      {"INT64", at::kLong},    {"INT32", at::kInt},
      {"UINT8", at::kByte},
  };
  for (const auto& [name, type] : types) {
    const at::Tensor cast = Cast(absl::StrCat("type: ", name), values);
    EXPECT_EQ(cast.scalar_type(), type);
    EXPECT_EQ(cast.item<double>(), 3) << name;
  }
}

TEST(CastTest, RefusesImages) {
  const float pixel = 1;
  Example example;
  example.SetImage().View(&pixel, PixelLayout::Planar(1, 1, 1));
  Rng rng(0);
  EXPECT_THAT(MakeOrDie<Transform>("recipe.Cast")->Apply(example, rng),
              FailsWith("the example must hold values, got images"));
}

}  // namespace
}  // namespace toque
