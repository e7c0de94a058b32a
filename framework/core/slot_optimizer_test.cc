#include "framework/core/slot_optimizer.h"

#include <limits>

#include "ATen/ops/full.h"
#include "ATen/ops/full_like.h"
#include "ATen/ops/ones.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::ElementsAre;

// Adds each gradient to the slot "total", which starts with 10, and notes what
// it was given.
class Adder : public SlotOptimizer {
 public:
  Adder() : SlotOptimizer(0.5, 0.25, {"total", "step"}) {}

  std::vector<double> rates, decays, momentum_factors;
  std::vector<size_t> sizes;

 protected:
  void Update(Work& work) override {
    rates.push_back(work.lr);
    decays.push_back(work.weight_decay);
    momentum_factors.push_back(work.momentum_factor);
    sizes.push_back(work.parameters.size());
    for (size_t i = 0; i < work.parameters.size(); ++i) {
      work.slots[0][i].add_(work.gradients[i]);
      work.parameters[i].sub_(work.gradients[i], work.lr);
    }
  }
  double InitialValue(size_t slot) const override { return slot == 0 ? 10 : 0; }
};

at::Tensor Parameter(at::ScalarType type = at::kFloat) {
  return at::ones({2}, type).set_requires_grad(true);
}

void SetGradient(at::Tensor parameter, double value) {
  parameter.mutable_grad() = at::full_like(parameter.detach(), value);
}

class SlotOptimizerTest : public testing::Test {
 protected:
  SlotOptimizerTest() : groups_(1) {
    groups_[0].parameters = {{"a", a_}, {"b", b_}};
    groups_[0].lr = 0.5;
  }
  void Attach() { ASSERT_OK(adder_.Attach(&groups_)); }
  void Step(const at::Tensor& found_inf = {}) {
    StepContext context;
    context.found_inf = found_inf;
    ASSERT_OK(adder_.Step(context));
  }
  // The first element of a tensor of the saved state.
  double Saved(std::string_view name) const {
    State state;
    adder_.Save(&state);
    return (*state.Get(name)).flatten()[0].item<double>();
  }
  std::vector<std::string> SavedNames() const {
    State state;
    adder_.Save(&state);
    std::vector<std::string> names;
    for (const auto& [name, tensor] : state.tensors()) names.push_back(name);
    return names;
  }

  at::Tensor a_ = Parameter();
  at::Tensor b_ = Parameter();
  std::vector<Group> groups_;
  Adder adder_;
};

TEST_F(SlotOptimizerTest, HandsOnTheRatesOfTheGroup) {
  groups_[0].lr = 0.125;
  groups_[0].weight_decay_scale = 2;
  groups_[0].momentum_factor = 0.75;
  Attach();
  SetGradient(a_, 1);
  Step();
  EXPECT_THAT(adder_.rates, ElementsAre(0.125));
  EXPECT_THAT(adder_.decays, ElementsAre(0.5));
  EXPECT_THAT(adder_.momentum_factors, ElementsAre(0.75));
  EXPECT_EQ(adder_.base_lr(), 0.5);
}

TEST_F(SlotOptimizerTest, ListsTheParametersThatHaveAGradientInThisStep) {
  Attach();
  SetGradient(b_, 1);
  Step();
  SetGradient(a_, 1);
  Step();
  Step();
  b_.mutable_grad() = at::Tensor();
  Step();
  EXPECT_THAT(adder_.sizes, ElementsAre(1, 2, 2, 1));
  EXPECT_EQ(Saved("total.a"), 13);
  EXPECT_EQ(Saved("total.b"), 13);
}

TEST_F(SlotOptimizerTest, CountsTheStepsOfEachParameter) {
  Attach();
  SetGradient(a_, 1);
  Step();
  SetGradient(b_, 1);
  Step();
  EXPECT_EQ(Saved("step.a"), 2);
  EXPECT_EQ(Saved("step.b"), 1);
}

TEST_F(SlotOptimizerTest, HasNoStateOfParametersThatNeverHadAGradient) {
  Attach();
  EXPECT_THAT(SavedNames(), ElementsAre());
  Step();
  EXPECT_TRUE(adder_.sizes.empty());
  SetGradient(b_, 1);
  Step();
  EXPECT_THAT(SavedNames(), ElementsAre("step.b", "total.b"));
}

TEST_F(SlotOptimizerTest, MakesTheStateOfAGroupWhenItBecomesActive) {
  groups_[0].active = false;
  Attach();
  SetGradient(a_, 1);
  Step();
  EXPECT_THAT(SavedNames(), ElementsAre());
  groups_[0].active = true;
  Step();
  EXPECT_EQ(Saved("step.a"), 1);
}

// The fused kernels take lists of one element type.
TEST_F(SlotOptimizerTest, UpdatesElementTypesApart) {
  const at::Tensor c = Parameter(at::kDouble);
  groups_[0].parameters.emplace_back("c", c);
  Attach();
  for (const at::Tensor& parameter : {a_, b_, c}) SetGradient(parameter, 1);
  Step();
  EXPECT_THAT(adder_.sizes, ElementsAre(2, 1));
}

TEST_F(SlotOptimizerTest, TakesBackAStepOfGradientsThatAreNotFinite) {
  Attach();
  SetGradient(a_, 1);
  Step(at::full({}, 0.0, at::kFloat));
  SetGradient(a_, std::numeric_limits<double>::infinity());
  Step(at::full({}, 1.0, at::kFloat));
  EXPECT_EQ(a_[0].item<double>(), 0.5);
  EXPECT_EQ(Saved("total.a"), 11);
  EXPECT_EQ(Saved("step.a"), 1);
}

TEST_F(SlotOptimizerTest, LoadsWhatItSaved) {
  Attach();
  SetGradient(b_, 1);
  Step();
  State state;
  adder_.Save(&state);
  Adder other;
  ASSERT_OK(other.Attach(&groups_));
  ASSERT_OK(other.Load(state));
  State loaded;
  other.Save(&loaded);
  ASSERT_EQ(loaded.tensors().size(), state.tensors().size());
  for (const auto& [name, tensor] : state.tensors()) {
    EXPECT_TRUE((*loaded.Get(name)).equal(tensor)) << name;
    EXPECT_FALSE((*loaded.Get(name)).is_same(tensor)) << name;
  }
}

TEST_F(SlotOptimizerTest, RefusesStateThatIsNotItsOwn) {
  Attach();
  State state;
  state.Set("total.a", at::ones({3}));
  EXPECT_THAT(adder_.Load(state),
              FailsWith("\"total.a\" must have shape [2], got [3]"));
  state.Set("total.a", at::ones({2}));
  EXPECT_THAT(adder_.Load(state), FailsWith("step.a"));
}

}  // namespace
}  // namespace toque
