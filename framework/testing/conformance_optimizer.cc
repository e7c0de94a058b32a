// What every optimizer must do, on a convex quadratic of two parameters:
// sum(slope * (x - 1)^2) / 2, in a group each.

#include <array>
#include <cmath>
#include <limits>

#include "ATen/ops/arange.h"
#include "ATen/ops/full.h"
#include "ATen/ops/zeros_like.h"
#include "framework/core/optimizer.h"
#include "framework/testing/conformance.h"

namespace toque {
namespace {

using google::protobuf::Message;

class Problem {
 public:
  Problem() : groups_(2) {
    for (size_t i = 0; i < groups_.size(); ++i) {
      groups_[i].name = i == 0 ? "first" : "second";
      groups_[i].parameters = {
          {i == 0 ? "weight" : "bias",
           at::arange(2, 8, at::kFloat).view({2, 3}).set_requires_grad(true)}};
    }
  }
  void Attach(std::unique_ptr<Optimizer> optimizer) {
    optimizer_ = std::move(optimizer);
    for (Group& group : groups_) group.lr = optimizer_->base_lr();
    ASSERT_OK(optimizer_->Attach(&groups_));
  }

  Group& group(size_t i) { return groups_[i]; }
  at::Tensor& parameter(size_t i) { return groups_[i].parameters[0].second; }
  // A copy of the values.
  at::Tensor values(size_t i) { return parameter(i).detach().clone(); }
  Optimizer& optimizer() { return *optimizer_; }
  // Whether the loss depends on a parameter: only then it has a gradient.
  bool& uses(size_t i) { return uses_[i]; }

  double Loss() {
    double loss = 0;
    for (size_t i = 0; i < groups_.size(); ++i) {
      if (!uses_[i]) continue;
      loss += values(i).sub(1).square().mul(Slope()).sum().item<double>() / 2;
    }
    return loss;
  }
  void SetGradients() {
    for (size_t i = 0; i < groups_.size(); ++i) {
      parameter(i).mutable_grad() =
          uses_[i] ? values(i).sub(1).mul(Slope()) : at::Tensor();
    }
  }
  // A step along whatever gradients there are.
  void StepOn(at::Tensor found_inf = {}) {
    StepContext context;
    context.found_inf = std::move(found_inf);
    context.reevaluate = [this] {
      SetGradients();
      return at::full({}, Loss());
    };
    ASSERT_OK(optimizer_->Step(context));
  }
  void Step() {
    SetGradients();
    StepOn();
  }

 private:
  static at::Tensor Slope() {
    return at::arange(1, 7, at::kFloat).view({2, 3}).div(4);
  }

  std::vector<Group> groups_;
  std::array<bool, 2> uses_ = {true, true};
  std::unique_ptr<Optimizer> optimizer_;
};

class OptimizerConformance : public testing::TestWithParam<Candidate> {
 protected:
  void SetUp() override { Attach(problem_); }

  static void Attach(Problem& problem) {
    auto made = Make<Optimizer>(GetParam());
    ASSERT_OK(made);
    problem.Attach(*std::move(made));
  }

  // A method that looks at several points moves along one line at a time.
  bool HasOneRate() { return problem_.optimizer().NeedsReevaluation(); }
  static bool HasOption(const std::string& name) {
    return GetParam().entry->options()->FindFieldByName(name) != nullptr;
  }
  // The candidate with one of its options, a double, set to `value`.
  static std::unique_ptr<Optimizer> With(const std::string& name,
                                         double value) {
    auto any = AnyOf(GetParam().entry->name(), GetParam().options);
    const std::unique_ptr<Message> options = *UnpackOptions(any);
    options->GetReflection()->SetDouble(
        options.get(), options->GetDescriptor()->FindFieldByName(name), value);
    any.set_value(options->SerializePartialAsString());
    return *Build<Optimizer>(any, Context());
  }

  Problem problem_;
};

TEST_P(OptimizerConformance, MakesAConvexQuadraticSmaller) {
  const double before = problem_.Loss();
  problem_.Step();
  const double after_one = problem_.Loss();
  EXPECT_LT(after_one, before);
  for (int i = 0; i < 20; ++i) problem_.Step();
  EXPECT_LT(problem_.Loss(), after_one);
}

TEST_P(OptimizerConformance, HasTheRateOfItsOptionsAsBase) {
  ASSERT_TRUE(HasOption("lr"));
  EXPECT_EQ(With("lr", 0.125)->base_lr(), 0.125);
}

TEST_P(OptimizerConformance, StandsStillAtARateOf0) {
  const at::Tensor before = problem_.values(0);
  for (const size_t i : {0, 1}) problem_.group(i).lr = 0;
  problem_.Step();
  EXPECT_TRUE(problem_.values(0).equal(before));
  EXPECT_TRUE(problem_.values(1).equal(before));
}

TEST_P(OptimizerConformance, StepsEachGroupAtItsOwnRate) {
  if (HasOneRate()) return;
  const at::Tensor before = problem_.values(0);
  problem_.group(0).lr = 0;
  problem_.Step();
  EXPECT_TRUE(problem_.values(0).equal(before));
  EXPECT_FALSE(problem_.values(1).equal(before));
}

TEST_P(OptimizerConformance, MovesLessAtALowerRate) {
  if (HasOneRate()) return;
  const at::Tensor before = problem_.values(0);
  problem_.group(0).lr *= 0.25;
  problem_.Step();
  const auto moved = [&](size_t i) {
    return problem_.values(i).sub(before).norm().item<double>();
  };
  EXPECT_GT(moved(0), 0);
  EXPECT_LT(moved(0), moved(1));
}

TEST_P(OptimizerConformance, DecaysWeightsByTheScaleOfTheirGroup) {
  if (!HasOption("weight_decay")) return;
  Problem problem;
  problem.Attach(With("weight_decay", 0.1));
  problem.group(1).weight_decay_scale = 0;
  const at::Tensor before = problem.values(0);
  for (const size_t i : {0, 1}) {
    problem.parameter(i).mutable_grad() = at::zeros_like(before);
  }
  problem.StepOn();
  EXPECT_TRUE(problem.values(0).lt(before).all().item<bool>());
  EXPECT_TRUE(problem.values(1).equal(before));
}

TEST_P(OptimizerConformance, LeavesParametersWithoutAGradient) {
  const at::Tensor before = problem_.values(0);
  problem_.uses(0) = false;
  problem_.Step();
  EXPECT_TRUE(problem_.values(0).equal(before));
  EXPECT_FALSE(problem_.values(1).equal(before));
}

TEST_P(OptimizerConformance, LeavesAGroupUntilItIsActive) {
  const at::Tensor before = problem_.values(0);
  problem_.group(0).active = false;
  problem_.Step();
  EXPECT_TRUE(problem_.values(0).equal(before));
  EXPECT_FALSE(problem_.values(1).equal(before));
  problem_.group(0).active = true;
  problem_.Step();
  EXPECT_FALSE(problem_.values(0).equal(before));
}

TEST_P(OptimizerConformance, GoesOnBitForBitFromSavedState) {
  for (int i = 0; i < 3; ++i) problem_.Step();
  State live;
  problem_.optimizer().Save(&live);
  State saved;  // what a file would hold
  for (const auto& [name, tensor] : live.tensors()) {
    saved.Set(name, tensor.clone());
  }
  Problem resumed;
  Attach(resumed);
  for (const size_t i : {0, 1}) {
    resumed.parameter(i).set_data(problem_.values(i));
  }
  ASSERT_OK(resumed.optimizer().Load(saved));
  for (int i = 0; i < 3; ++i) {
    problem_.Step();
    resumed.Step();
  }
  EXPECT_TRUE(resumed.values(0).equal(problem_.values(0)));
  EXPECT_TRUE(resumed.values(1).equal(problem_.values(1)));
}

// A run that meets an overflow at its first and third step is, bit for bit, one
// without these steps.
TEST_P(OptimizerConformance, LeavesOutStepsOfGradientsThatAreNotFinite) {
  Problem smooth;
  Attach(smooth);
  const at::Tensor yes = at::full({}, 1.0, at::kFloat);
  const at::Tensor no = at::full({}, 0.0, at::kFloat);
  for (int i = 0; i < 5; ++i) {
    problem_.SetGradients();
    const bool overflow = i == 0 || i == 2;
    if (overflow) {
      problem_.parameter(0).mutable_grad().mul_(
          std::numeric_limits<float>::infinity());
    }
    problem_.StepOn(overflow ? yes : no);
    if (!overflow) smooth.Step();
  }
  EXPECT_TRUE(problem_.values(0).equal(smooth.values(0)));
  EXPECT_TRUE(problem_.values(1).equal(smooth.values(1)));
}

CONFORMANCE_SUITE(OptimizerConformance, Optimizer::kKind);

}  // namespace
}  // namespace toque
