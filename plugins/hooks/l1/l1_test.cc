#include "ATen/core/Tensor.h"
#include "ATen/ops/tensor.h"
#include "framework/core/hook.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

class L1Test : public testing::Test {
 protected:
  L1Test() : run_() {
    run_.groups.resize(2);
    run_.groups[0].parameters = {{"fc.weight", weight_}};
    run_.groups[1].parameters = {{"fc.bias", bias_}};
  }

  // The penalty that a step of this run gets.
  double Penalty(const std::string& options) {
    const auto hook = MakeOrDie<Hook>("recipe.L1", options);
    EXPECT_OK(hook->BeforeTraining(run_));
    EXPECT_OK(hook->BeforeBackward(run_));
    return run_.addition.defined() ? run_.addition.item<double>() : 0;
  }

  const at::Tensor weight_ =
      at::tensor({-2.0, 0.0, 0.5}).set_requires_grad(true);
  const at::Tensor bias_ = at::tensor({-4.0}).set_requires_grad(true);
  toque::Run run_;
};

TEST_F(L1Test, AddsTheSumOfAbsoluteValues) {
  EXPECT_DOUBLE_EQ(Penalty("lambda: 0.1"), 0.1 * (2 + 0 + 0.5 + 4));
}

TEST_F(L1Test, HasTheSignForGradientAnd0At0) {
  Penalty("lambda: 0.25");
  run_.addition.backward();
  EXPECT_TRUE(weight_.grad().equal(at::tensor({-0.25, 0.0, 0.25})));
  EXPECT_TRUE(bias_.grad().equal(at::tensor({-0.25})));
}

TEST_F(L1Test, TakesParametersWhoseFullNameMatches) {
  EXPECT_DOUBLE_EQ(Penalty("lambda: 1 match: 'weight$'"), 2.5);
}

TEST_F(L1Test, LeavesGroupsThatAreNotTrainedOut) {
  run_.groups[1].active = false;
  EXPECT_DOUBLE_EQ(Penalty("lambda: 1"), 2.5);
}

TEST_F(L1Test, AddsNothingWhileNoneOfItsParametersIsTrained) {
  run_.groups[1].active = false;
  EXPECT_EQ(Penalty("lambda: 1 match: 'bias'"), 0);
}

TEST_F(L1Test, LogsThePenaltyApartFromTheLoss) {
  Penalty("lambda: 1");
  EXPECT_FALSE(run_.loss.defined());
  EXPECT_DOUBLE_EQ(run_.added.at("l1").sum.item<double>(), 6.5);
}

TEST_F(L1Test, IsLoggedAndPublishedUnderItsName) {
  const std::string options = "lambda: 1 name: 'l1_of_biases'";
  Penalty(options);
  EXPECT_TRUE(run_.added.contains("l1_of_biases"));
  const auto published = MakeOrDie<Hook>("recipe.L1", options)->Publishes();
  ASSERT_EQ(published.size(), 1u);
  EXPECT_EQ(published[0].name, "l1_of_biases");
  EXPECT_EQ(published[0].of, Published::kTraining);
}

TEST_F(L1Test, RefusesAPatternThatMatchesNothing) {
  const auto hook = MakeOrDie<Hook>("recipe.L1", "lambda: 1 match: '^conv'");
  EXPECT_THAT(hook->BeforeTraining(run_),
              FailsWith("match must match a parameter (there are fc.weight, "
                        "fc.bias), got ^conv"));
}

TEST_F(L1Test, ListsAFewNamesWhereThereAreMany) {
  run_.groups[0].parameters.clear();
  for (int i = 0; i < 9; ++i) {
    run_.groups[0].parameters.emplace_back(absl::StrCat("p", i), weight_);
  }
  const auto hook = MakeOrDie<Hook>("recipe.L1", "lambda: 1 match: 'conv'");
  EXPECT_THAT(hook->BeforeTraining(run_),
              FailsWith("(there are p0, p1, p2, p3, p4, p5, p6, p7, ...)"));
}

TEST(L1OptionsTest, RefusesOptionsOutOfRange) {
  EXPECT_THAT(Make<Hook>("recipe.L1"), FailsWith("lambda must be given"));
  EXPECT_THAT(Make<Hook>("recipe.L1", "lambda: -1"),
              FailsWith("lambda must be at least 0, got -1"));
  EXPECT_THAT(Make<Hook>("recipe.L1", "lambda: 1 name: 'a/b'"),
              FailsWith("name must not be empty and have no slash"));
  EXPECT_THAT(Make<Hook>("recipe.L1", "lambda: 1 match: '('"),
              FailsWith("match must be a regular expression, got ("));
}

}  // namespace
}  // namespace toque
