#include <cmath>

#include "ATen/ops/linalg_svdvals.h"
#include "ATen/ops/linspace.h"
#include "ATen/ops/ones.h"
#include "ATen/ops/zeros.h"
#include "framework/core/optimizer.h"
#include "framework/testing/gradient.h"
#include "framework/testing/testing.h"
#include "framework/testing/trajectory.h"

namespace toque {
namespace {

// The iteration's sums in bfloat16 may differ from processor to processor. All
// of its rounding moves the sums of matrices by 3e-4 (the same in float32), so
// they are held to 1e-3; what AdamW steps is exact.
void ExpectMuonTrajectory(std::string_view options,
                          const std::vector<double>& golden) {
  const std::vector<double> sums = Trajectory("recipe.Muon", options);
  ASSERT_EQ(sums.size(), golden.size());
  for (size_t i = 0; i < sums.size(); ++i) {
    const double tolerance = i % 3 == 0 ? 1e-3 : 1e-9;
    EXPECT_NEAR(sums[i], golden[i], tolerance * std::abs(golden[i])) << i;
  }
}

// Parameters of zeros in one group, stepped once along gradients without
// pattern.
class MuonTest : public testing::Test {
 protected:
  std::vector<at::Tensor> StepOnce(std::string_view options,
                                   const NamedTensors& parameters) {
    groups_[0].parameters = parameters;
    optimizer_ = MakeOrDie<Optimizer>("recipe.Muon", options);
    groups_[0].lr = optimizer_->base_lr();
    EXPECT_OK(optimizer_->Attach(&groups_));
    std::vector<at::Tensor> stepped;
    for (const auto& [name, parameter] : parameters) {
      // Its singular values are not far apart, so that five iterations do.
      parameter.mutable_grad() = Scattered(parameter.sizes()).mul(40).sin();
      stepped.push_back(parameter);
    }
    EXPECT_OK(optimizer_->Step({}));
    return stepped;
  }
  std::vector<std::string> SavedNames() const {
    State state;
    optimizer_->Save(&state);
    std::vector<std::string> names;
    for (const auto& [name, tensor] : state.tensors()) names.push_back(name);
    return names;
  }

  std::vector<Group> groups_ = std::vector<Group>(1);
  std::unique_ptr<Optimizer> optimizer_;
};

at::Tensor Zeros(at::IntArrayRef shape) {
  return at::zeros(shape, at::kDouble);
}

// That the singular values of a step lie where five iterations bring them.
void ExpectOrthogonal(const at::Tensor& step) {
  const at::Tensor values = at::linalg_svdvals(step);
  EXPECT_GT(values.min().item<double>(), 0.5);
  EXPECT_LT(values.max().item<double>(), 1.5);
}

// torch 2.11: tests/goldens/optimizers.py
TEST_F(MuonTest, GoesTheWayOfPyTorch) {
  ExpectMuonTrajectory(
      "lr: 0.01", {11.0255900493421, 8.95350000023369, -0.5,               //
                   10.5271948569319, 8.0845201472628, -0.439877799736803,  //
                   8.62679813632837, 5.07029004587903, -0.0746925155901632});
  ExpectMuonTrajectory(
      "lr: 0.02 weight_decay: 0.5 momentum: 0.8 nesterov: false ns_steps: 3 "
      "adjust_lr: MATCH_RMS_ADAMW adam_w_lr_scale: 2.5 beta1: 0.8 beta2: 0.99 "
      "adam_w_eps: 0.001",
      {10.9293365978464, 8.58761663646833, -0.5,              //
       8.8132239358956, 3.01775038739558, -0.14448893773153,  //
       3.6640499393432, 0.762628266609032, 0.0859842227319315});
}

TEST_F(MuonTest, StepsMatricesAlongNearlyOrthogonalOnes) {
  const auto stepped =
      StepOnce("lr: 1", {{"wide", Zeros({4, 6})}, {"tall", Zeros({9, 4})}});
  ExpectOrthogonal(stepped[0]);
  ExpectOrthogonal(stepped[1].div(std::sqrt(9.0 / 4)));
}

TEST_F(MuonTest, MatchesTheSizeOfAdamWsSteps) {
  const auto stepped =
      StepOnce("lr: 1 adjust_lr: MATCH_RMS_ADAMW",
               {{"wide", Zeros({4, 6})}, {"tall", Zeros({9, 4})}});
  ExpectOrthogonal(stepped[0].div(0.2 * std::sqrt(6.0)));
  ExpectOrthogonal(stepped[1].div(0.2 * std::sqrt(9.0)));
}

TEST_F(MuonTest, FlattensConvolutionsWhereAsked) {
  const auto stepped = StepOnce("lr: 1 convolutions: FLATTENED",
                                {{"conv", Zeros({4, 2, 3, 3})}});
  ExpectOrthogonal(stepped[0].flatten(1));
}

// AdamW's first step is the gradient's sign.
TEST_F(MuonTest, LeavesWhatIsNoMatrixToAdamW) {
  const auto stepped =
      StepOnce("lr: 0.25 adam_w_lr_scale: 2 adam_w_match: '^head'",
               {{"conv", Zeros({4, 2, 3, 3})},
                {"bias", Zeros({4})},
                {"head.weight", Zeros({4, 4})},
                {"body.weight", Zeros({4, 4})}});
  for (const size_t i : {0, 1, 2}) {
    EXPECT_TRUE(stepped[i].abs().sub(0.5).abs().lt(1e-6).all().item<bool>());
  }
  EXPECT_THAT(SavedNames(),
              testing::ElementsAre("exp_avg.bias", "exp_avg.conv",
                                   "exp_avg.head.weight", "exp_avg_sq.bias",
                                   "exp_avg_sq.conv", "exp_avg_sq.head.weight",
                                   "momentum_buffer.body.weight", "step.bias",
                                   "step.conv", "step.head.weight"));
}

TEST_F(MuonTest, GoesOnWithTheStateOfBothParts) {
  const NamedTensors parameters = {{"weight", Zeros({3, 3})},
                                   {"bias", Zeros({3})}};
  StepOnce("lr: 0.1", parameters);
  State state;
  optimizer_->Save(&state);
  std::vector<Group> groups(1);
  groups[0].lr = groups_[0].lr;
  for (const auto& [name, parameter] : parameters) {
    groups[0].parameters.emplace_back(name, parameter.clone());
    groups[0].parameters.back().second.mutable_grad() = parameter.grad();
  }
  const auto resumed = MakeOrDie<Optimizer>("recipe.Muon", "lr: 0.1");
  ASSERT_OK(resumed->Attach(&groups));
  ASSERT_OK(resumed->Load(state));
  EXPECT_OK(resumed->Step({}));
  EXPECT_OK(optimizer_->Step({}));
  for (size_t i = 0; i < parameters.size(); ++i) {
    EXPECT_TRUE(groups[0].parameters[i].second.equal(parameters[i].second));
  }
}

TEST_F(MuonTest, RefusesAPatternThatMatchesNothing) {
  groups_[0].parameters = {{"weight", Zeros({3, 3})}};
  const auto muon = MakeOrDie<Optimizer>("recipe.Muon", "adam_w_match: 'x'");
  EXPECT_THAT(muon->Attach(&groups_),
              FailsWith("adam_w_match must match a parameter, got x"));
}

TEST_F(MuonTest, ScalesMomentumByTheFactorOfSchedules) {
  EXPECT_EQ(Trajectory("recipe.Muon", "momentum: 0.9 beta1: 0.8", 0.5),
            Trajectory("recipe.Muon", "momentum: 0.45 beta1: 0.4"));
}

TEST_F(MuonTest, RefusesOptionsOutOfRange) {
  const auto make = [](std::string_view options) {
    return Make<Optimizer>("recipe.Muon", options);
  };
  EXPECT_THAT(make("lr: -1"), FailsWith("lr must be at least 0, got -1"));
  EXPECT_THAT(make("weight_decay: -1"),
              FailsWith("weight_decay must be at least 0, got -1"));
  EXPECT_THAT(make("momentum: 1"),
              FailsWith("momentum must be at least 0 and below 1, got 1"));
  EXPECT_THAT(make("ns_steps: 100"),
              FailsWith("ns_steps must be from 1 to 99, got 100"));
  EXPECT_THAT(make("eps: 0"), FailsWith("eps must be above 0, got 0"));
  EXPECT_THAT(make("adam_w_match: '('"),
              FailsWith("adam_w_match must be a regular expression, got ("));
  EXPECT_THAT(make("adam_w_lr_scale: -1"),
              FailsWith("adam_w_lr_scale must be at least 0, got -1"));
  EXPECT_THAT(make("beta1: 1"),
              FailsWith("beta1 must be at least 0 and below 1, got 1"));
  EXPECT_THAT(make("beta2: nan"),
              FailsWith("beta2 must be at least 0 and below 1, got nan"));
  EXPECT_THAT(make("adam_w_eps: -1"),
              FailsWith("adam_w_eps must be at least 0, got -1"));
}

}  // namespace
}  // namespace toque
