#include "ATen/ops/ones.h"
#include "ATen/ops/tensor.h"
#include "ATen/ops/zeros.h"
#include "framework/core/loss.h"
#include "framework/testing/gradient.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

at::Tensor Features() {
  return at::tensor({1., 2., 3., 0., -1., 1.}).view({3, 2});
}
// Two of class 1, one of class 0; none of class 2.
at::Tensor Labels() { return at::tensor({1, 0, 1}, at::kLong); }

const Context kThreeClasses = Context().WithDataset({.classes = 3});

// A loss with two dimensions, its centers in float64.
std::unique_ptr<Loss> NewLoss(const std::string& options = "") {
  auto loss = MakeOrDie<Loss>("recipe.Center", "dimensions: 2 " + options,
                              kThreeClasses);
  const at::Tensor centers = loss->Parameters()[0].second;
  centers.set_data(centers.to(at::kDouble));
  return loss;
}
at::Tensor Compute(Loss& loss, const at::Tensor& output,
                   const at::Tensor& labels = Labels()) {
  return loss.Compute({.output = output}, {.target = labels});
}

TEST(CenterTest, StartsWithACenterAt0ForEachClass) {
  const auto loss = NewLoss();
  const NamedTensors parameters = loss->Parameters();
  ASSERT_EQ(parameters.size(), 1u);
  EXPECT_EQ(parameters[0].first, "centers");
  EXPECT_TRUE(parameters[0].second.equal(at::zeros({3, 2}, at::kDouble)));
  // Squared distances to 0: 5, 9, 2.
  EXPECT_DOUBLE_EQ(Compute(*loss, Features()).item<double>(), 16 / 6.);
}

TEST(CenterTest, MeasuresTheDistanceToTheCenterOfAnExamplesClass) {
  const auto loss = NewLoss();
  loss->Parameters()[0].second.set_data(
      at::tensor({3., 0., 1., 1., 9., 9.}).view({3, 2}));
  // 1, 0, 4.
  EXPECT_DOUBLE_EQ(Compute(*loss, Features()).item<double>(), 5 / 6.);
}

TEST(CenterTest, HasTheGradientOfItsValues) {
  const auto loss = NewLoss();
  const auto function = [&](const at::Tensor& x) { return Compute(*loss, x); };
  EXPECT_LT(GradientError(function, Features()), 1e-9);
}

// A step of rate 1 takes a center at 0 by its class's share of the batch toward
// the mean of its features, and leaves that of an absent class.
TEST(CenterTest, DrawsCentersToTheMeanOfTheirClass) {
  const auto loss = NewLoss();
  Compute(*loss, Features()).backward();
  const at::Tensor gradient = loss->Parameters()[0].second.grad();
  EXPECT_TRUE(gradient.mul(-3).allclose(
      at::tensor({3., 0., 0., 3., 0., 0.}).view({3, 2})));
}

TEST(CenterTest, LeavesIgnoredLabelsOutOfTheMean) {
  const auto loss = NewLoss();
  const at::Tensor labels = at::tensor({1, -100, 1}, at::kLong);
  EXPECT_DOUBLE_EQ(Compute(*loss, Features(), labels).item<double>(), 7 / 4.);
}

TEST(CenterTest, TakesTheFeaturesOfAPartOfTheModel) {
  const auto loss = NewLoss("feature: 'fc1'");
  EXPECT_THAT(loss->Taps(), ElementsAre("fc1"));
  EXPECT_THAT(NewLoss()->Taps(), IsEmpty());
  const Prediction prediction{.output = at::ones({3, 10}),
                              .taps = {{"fc1", Features().view({3, 2, 1, 1})}}};
  EXPECT_DOUBLE_EQ(
      loss->Compute(prediction, {.target = Labels()}).item<double>(), 16 / 6.);
}

TEST(CenterTest, RefusesWhatDoesNotFit) {
  const auto loss = NewLoss();
  EXPECT_THROW(Compute(*loss, at::ones({3, 5})), c10::Error);
  EXPECT_THROW(Compute(*loss, Features(), at::ones({3, 3})), c10::Error);
}

TEST(CenterTest, NeedsDimensionsAndClasses) {
  EXPECT_THAT(Make<Loss>("recipe.Center"),
              FailsWith("here: recipe.Center: dimensions must be given"));
  EXPECT_THAT(Make<Loss>("recipe.Center", "dimensions: 0"),
              FailsWith("dimensions must be at least 1, got 0"));
  EXPECT_OK(NewLoss()->Open(kThreeClasses));
  EXPECT_THAT(NewLoss()->Open(Context()),
              FailsWith("the data set's classes must be at least 1, got 0"));
}

}  // namespace
}  // namespace toque
