#include "framework/core/transform.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::ElementsAre;

absl::Status Apply(std::string_view options, Example& example) {
  Rng rng(0);
  return MakeOrDie<Transform>("recipe.OneHot", options)->Apply(example, rng);
}

std::vector<float> Row(int64_t label) {
  Example example;
  example.SetLabel(label);
  EXPECT_OK(Apply("classes: 4", example));
  return {example.target().begin(), example.target().end()};
}

TEST(OneHotTest, IsOneAtTheLabelAndZeroElsewhere) {
  EXPECT_THAT(Row(0), ElementsAre(1, 0, 0, 0));
  EXPECT_THAT(Row(2), ElementsAre(0, 0, 1, 0));
  EXPECT_THAT(Row(1), ElementsAre(0, 1, 0, 0));
  EXPECT_THAT(Row(3), ElementsAre(0, 0, 0, 1));
}

TEST(OneHotTest, IsOfIntegersUnlessToldOtherwise) {
  Example example;
  example.SetLabel(1);
  ASSERT_OK(Apply("classes: 4", example));
  EXPECT_EQ(example.target_kind(), TargetKind::kValues);
  EXPECT_EQ(example.target_type(), at::kLong);
  example.SetLabel(1);
  ASSERT_OK(Apply("classes: 4 type: FLOAT32", example));
  EXPECT_EQ(example.target_type(), at::kFloat);
}

TEST(OneHotTest, TakesTheClassesOfTheDataSet) {
  const Context context = Context().WithDataset({.classes = 6});
  Example example;
  example.SetLabel(5);
  Rng rng(0);
  ASSERT_OK(
      MakeOrDie<Transform>("recipe.OneHot", "", context)->Apply(example, rng));
  EXPECT_THAT(example.target(), ElementsAre(0, 0, 0, 0, 0, 1));
}

TEST(OneHotTest, RefusesLabelsOutOfRange) {
  Example example;
  example.SetLabel(4);
  EXPECT_THAT(Apply("classes: 4", example),
              FailsWith("the label must be in 0..3, got 4"));
  example.SetLabel(-1);
  EXPECT_THAT(Apply("classes: 4", example),
              FailsWith("the label must be in 0..3, got -1"));
}

TEST(OneHotTest, RefusesATargetThatIsNoLabel) {
  Example example;
  example.SetTarget(4);
  EXPECT_THAT(Apply("classes: 4", example),
              FailsWith("the target must be a label, got values"));
}

TEST(OneHotTest, NeedsToKnowTheClasses) {
  EXPECT_THAT(Make<Transform>("recipe.OneHot"),
              FailsWith("classes, given or the data set's, must be at least 1, "
                        "got 0"));
}

}  // namespace
}  // namespace toque
