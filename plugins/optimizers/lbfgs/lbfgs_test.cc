#include "ATen/ops/ones.h"
#include "ATen/ops/tensor.h"
#include "ATen/ops/zeros.h"
#include "framework/core/optimizer.h"
#include "framework/testing/testing.h"
#include "framework/testing/trajectory.h"

namespace toque {
namespace {

// The loss |x - 1|^2 / 2 over x = 0 in a group of its own each.
class LbfgsTest : public testing::Test {
 protected:
  LbfgsTest() : groups_(2) {
    for (Group& group : groups_) {
      group.parameters = {{&group == &groups_[0] ? "a" : "b", at::zeros({2})}};
    }
  }
  at::Tensor& x(size_t i) { return groups_[i].parameters[0].second; }
  absl::Status Attach(std::string_view options = "") {
    lbfgs_ = MakeOrDie<Optimizer>("recipe.Lbfgs", options);
    for (Group& group : groups_) group.lr = lbfgs_->base_lr();
    return lbfgs_->Attach(&groups_);
  }
  void Step() {
    const auto evaluate = [this] {
      ++evaluations_;
      at::Tensor loss = at::zeros({});
      for (const size_t i : {0, 1}) {
        x(i).mutable_grad() = x(i).sub(1);
        loss = loss.add(x(i).sub(1).square().sum().div(2));
      }
      return loss;
    };
    ASSERT_OK(lbfgs_->Step({.reevaluate = evaluate, .found_inf = {}}));
  }

  std::vector<Group> groups_;
  std::unique_ptr<Optimizer> lbfgs_;
  int evaluations_ = 0;
};

// torch 2.11: tests/goldens/optimizers.py
TEST_F(LbfgsTest, GoesTheWayOfPyTorch) {
  ExpectTrajectory(
      "recipe.Lbfgs", "max_iter: 1",
      {10.5335747676752, 8.5761600380992, -0.5,                   //
       6.08371701459401, 0.912270939597499, 0.00596522664101803,  //
       6.18363708062202, 0.932118839051504, 0.095690025579909});
  ExpectTrajectory("recipe.Lbfgs", "lr: 0.03 max_iter: 1",
                   {11.0370598746092, 8.98728480114298, -0.5,                //
                    9.24138799293435, 5.39394453511957, -0.322034875571635,  //
                    6.39997287015137, 1.26401979170122, 0.0663409099348858});
  ExpectTrajectory("recipe.Lbfgs",
                   "lr: 0.02 max_iter: 4 max_eval: 3 history_size: 3",
                   {10.907779436875, 8.81654612168119, -0.5,                 //
                    8.85100855007665, 4.62779601239047, -0.211087162695856,  //
                    6.26177635350188, 1.0537047449506, 0.0838573463371489});
}

// torch 2.11: tests/goldens/optimizers.py
TEST_F(LbfgsTest, GoesTheWayOfPyTorchWithALineSearch) {
  ExpectTrajectory("recipe.Lbfgs",
                   "max_iter: 1 max_eval: 10 line_search: STRONG_WOLFE",
                   {5.86206346622565, 4.76160038099202, -0.5,                 //
                    6.18396460313589, 0.932274948463091, 0.0964739307529784,  //
                    6.18363384106917, 0.932121260260399, 0.0956909012582903});
  ExpectTrajectory("recipe.Lbfgs",
                   "lr: 8 max_iter: 1 max_eval: 25 history_size: 2 "
                   "line_search: STRONG_WOLFE",
                   {6.90017708877, 5.60928030479361, -0.5,                    //
                    6.18359606500594, 0.932116739006377, 0.0956840905566422,  //
                    6.18359606500594, 0.932116739006377, 0.0956840905566422});
  ExpectTrajectory("recipe.Lbfgs",
                   "lr: 0.001 max_iter: 2 max_eval: 2 history_size: 5 "
                   "line_search: STRONG_WOLFE",
                   {11.0474410108346, 8.99576160038099, -0.5,                //
                    10.4348414615665, 7.49340863784465, -0.435841231858291,  //
                    8.33047939609416, 3.94562745030523, -0.0807567804649273});
}

TEST_F(LbfgsTest, EndsAStepWhereTheGradientVanishes) {
  ASSERT_OK(Attach());
  Step();
  EXPECT_TRUE(x(0).equal(at::ones({2})));
  evaluations_ = 0;
  Step();
  EXPECT_EQ(evaluations_, 1);
}

TEST_F(LbfgsTest, EndsAStepAfterItsEvaluations) {
  ASSERT_OK(Attach("lr: 0.01 max_iter: 8"));
  Step();
  EXPECT_EQ(evaluations_, 8);
  evaluations_ = 0;
  ASSERT_OK(Attach("lr: 0.01 max_iter: 8 max_eval: 3"));
  Step();
  EXPECT_EQ(evaluations_, 3);
}

TEST_F(LbfgsTest, StepsParametersOfSeveralTypesTogether) {
  x(1) = at::zeros({2}, at::kDouble);
  ASSERT_OK(Attach());
  Step();
  EXPECT_TRUE(x(0).equal(at::ones({2})));
  EXPECT_TRUE(x(1).equal(at::ones({2}, at::kDouble)));
}

TEST_F(LbfgsTest, BeginsAnewWhenAnotherGroupBecomesActive) {
  groups_[1].active = false;
  ASSERT_OK(Attach("lr: 0.5 max_iter: 2 max_eval: 9"));
  Step();
  EXPECT_TRUE(x(1).equal(at::zeros({2})));
  groups_[1].active = true;
  Step();
  State state;
  lbfgs_->Save(&state);
  // The last step, the gradient before it and the one pair of this step.
  EXPECT_EQ((*state.Get("history.a")).sizes(), at::IntArrayRef({4, 2}));
  EXPECT_EQ((*state.Get("history.b")).sizes(), at::IntArrayRef({4, 2}));
}

TEST_F(LbfgsTest, RefusesStateOfOtherShapes) {
  ASSERT_OK(Attach());
  State state;
  state.Set("history.a", at::ones({2, 3}));
  EXPECT_THAT(lbfgs_->Load(state),
              FailsWith("\"history.a\" must have shape [2, 2], got [2, 3]"));
  state.Set("history.a", at::ones({3, 2}));
  EXPECT_THAT(lbfgs_->Load(state),
              FailsWith("\"history.a\" must have an even number of rows, at "
                        "least 2, got 3"));
  state.Set("history.a", at::ones({4, 2}));
  state.Set("history.b", at::ones({2, 2}));
  EXPECT_THAT(lbfgs_->Load(state),
              FailsWith("\"history.b\" must have shape [4, 2], got [2, 2]"));
}

TEST_F(LbfgsTest, RefusesGroupsOfDifferentRates) {
  groups_[1].lr_scale = 0.1;
  EXPECT_THAT(
      Attach(),
      FailsWith("lr_scale must be the same in every param_group, got 0.1"));
}

TEST_F(LbfgsTest, RefusesAStepThatCanLookAtOnePointOnly) {
  ASSERT_OK(Attach());
  EXPECT_THAT(lbfgs_->Step({}), FailsWith("evaluate its batch several times"));
}

TEST_F(LbfgsTest, RefusesOptionsOutOfRange) {
  const auto make = [](std::string_view options) {
    return Make<Optimizer>("recipe.Lbfgs", options);
  };
  EXPECT_THAT(make("lr: -1"), FailsWith("lr must be at least 0, got -1"));
  EXPECT_THAT(make("lr: inf"),
              FailsWith("lr must be finite and at least 0, got inf"));
  EXPECT_THAT(make("max_iter: 0"),
              FailsWith("max_iter must be at least 1, got 0"));
  EXPECT_THAT(make("max_eval: 0"),
              FailsWith("max_eval must be at least 1, got 0"));
  EXPECT_THAT(make("tolerance_grad: -1"),
              FailsWith("tolerance_grad must be at least 0, got -1"));
  EXPECT_THAT(make("tolerance_change: nan"),
              FailsWith("tolerance_change must be at least 0, got nan"));
  EXPECT_THAT(make("history_size: 0"),
              FailsWith("history_size must be at least 1, got 0"));
}

}  // namespace
}  // namespace toque
