// What every hook must do, on a small run of a linear model.

#include <functional>
#include <utility>

#include "ATen/ops/arange.h"
#include "ATen/ops/equal.h"
#include "c10/core/GradMode.h"
#include "framework/core/hook.h"
#include "framework/core/model_access.h"
#include "framework/testing/conformance.h"
#include "framework/testing/tiny_model.h"

namespace toque {
namespace {

// A hook and its run: epochs of two steps of gradient descent, of which a
// hundred would be the whole run. The model's weight is in the group "base",
// its bias in "bias".
class SmallRun {
 public:
  explicit SmallRun(std::unique_ptr<Hook> hook) : hook_(std::move(hook)) {
    run_.model = MakeTinyModel(8, 10);
    for (const auto& [name, parameter] : Parameters(*run_.model)) {
      parameter.detach().copy_(at::arange(parameter.numel(), at::kFloat)
                                   .sin()
                                   .view(parameter.sizes()));
      run_.groups.push_back({.name = run_.groups.empty() ? "base" : "bias",
                             .parameters = {{name, parameter}},
                             .lr = 0.1});
    }
    run_.batch = {.input = at::arange(64, at::kFloat).reshape({8, 8}).cos(),
                  .target = at::arange(8),
                  .index = {0, 1, 2, 3, 4, 5, 6, 7}};
    run_.dataset = {.classes = 10, .shape = {8}};
    run_.progress = {.steps_per_epoch = 2, .total_steps = 200};
    for (const std::string& name : hook_->Needs()) run_.metrics[name] = 0.5;
  }

  using Point = absl::Status (Hook::*)(toque::Run&);
  void Reach(Point point) { EXPECT_OK(std::invoke(point, *hook_, run_)); }

  void Epoch() {
    Step();
    Step();
    Log();
    ++run_.progress.epoch;
    Evaluate();
    Reach(&Hook::AfterEpoch);
  }

  // A few other examples, as before the first step; what is reported of them is
  // forgotten, and may be too little for a metric.
  void TryEvaluation() {
    const Metrics before = run_.metrics;
    const at::Tensor target = run_.batch.target;
    run_.batch.target = target.flip(0);
    ForwardEvaluation();
    hook_->Report(run_).IgnoreError();
    EndEvaluation();
    run_.batch.target = target;
    run_.metrics = before;
  }

  // The hook's state, the model and how far the run has come, as a checkpoint
  // would keep them.
  State Save() const {
    State state;
    hook_->Save(&state);
    State copy;
    for (const auto& [name, tensor] : state.tensors()) {
      copy.Set(absl::StrCat("hook.", name), tensor.clone());
    }
    for (const auto& [name, parameter] : Parameters(*run_.model)) {
      copy.Set(absl::StrCat("model.", name), parameter.detach().clone());
    }
    copy.SetInteger("epoch", run_.progress.epoch);
    return copy;
  }
  void Load(const State& state) {
    for (const auto& [name, parameter] : Parameters(*run_.model)) {
      parameter.detach().copy_(*state.Get(absl::StrCat("model.", name)));
    }
    run_.progress.epoch = *state.GetInteger("epoch");
    run_.progress.step = 2 * run_.progress.epoch;
    ASSERT_OK(hook_->Load(state.Part("hook")));
  }

  Hook& hook() { return *hook_; }
  const Metrics& metrics() const { return run_.metrics; }

 private:
  void Forward() {
    run_.prediction.output = Predict(*run_.model, run_.batch.input);
    run_.loss = run_.prediction.output.square().mean();
    try {
      Reach(&Hook::AfterForward);
    } catch (const c10::Error&) {
      // A metric of values refuses classes.
      run_.batch.target = run_.prediction.output.detach().clone();
      Reach(&Hook::AfterForward);
    }
  }

  void Step() {
    Forward();
    Reach(&Hook::BeforeBackward);
    at::Tensor total = run_.loss;
    if (run_.addition.defined()) total = total.add(run_.addition);
    total.backward();
    run_.addition.reset();
    Reach(&Hook::AfterBackward);
    Reach(&Hook::BeforeStep);
    for (const Group& group : run_.groups) {
      at::Tensor parameter = group.parameters[0].second;
      if (!parameter.grad().defined()) continue;
      parameter.detach().sub_(parameter.grad(), group.lr);
      parameter.mutable_grad().reset();
    }
    ++run_.progress.step;
    Reach(&Hook::AfterStep);
  }

  void Log() {
    for (const auto& [name, added] : run_.added) {
      run_.metrics[name + "/train"] = added.sum.item<double>();
    }
    run_.added.clear();
    Reach(&Hook::Report);
    Reach(&Hook::AfterLog);
  }

  void Evaluate() {
    ForwardEvaluation();
    Reach(&Hook::Report);
    Reach(&Hook::AfterEvaluation);
    EndEvaluation();
  }

  void ForwardEvaluation() {
    run_.phase = Phase::kEvaluate;
    run_.split = "eval";
    run_.bank = 1;
    const c10::AutoGradMode no_gradients(false);
    Forward();
  }

  void EndEvaluation() {
    run_.phase = Phase::kTrain;
    run_.split = "train";
    run_.bank = 0;
  }

  std::unique_ptr<Hook> hook_;
  toque::Run run_;
};

std::unique_ptr<Hook> MakeHook(const Candidate& candidate) {
  auto made = Make<Hook>(candidate);
  EXPECT_OK(made);
  return *std::move(made);
}

void ExpectEqual(const State& state, const State& expected) {
  ASSERT_EQ(state.tensors().size(), expected.tensors().size());
  for (const auto& [name, tensor] : expected.tensors()) {
    ASSERT_TRUE(state.Has(name)) << name;
    EXPECT_TRUE(at::equal(*state.Get(name), tensor)) << name;
  }
}

class HookConformance : public testing::TestWithParam<Candidate> {
 protected:
  SmallRun run_{MakeHook(GetParam())};
};

TEST_P(HookConformance, GoesThroughAWholeRun) {
  run_.Reach(&Hook::BeforeTraining);
  run_.Epoch();
  run_.Epoch();
  run_.Reach(&Hook::AfterTraining);
}

TEST_P(HookConformance, ReportsWhatItPublishes) {
  run_.Reach(&Hook::BeforeTraining);
  run_.Epoch();
  for (const auto& [name, of] : run_.hook().Publishes()) {
    EXPECT_EQ(run_.metrics().contains(name + "/train"),
              of != Published::kEvaluations)
        << name;
    EXPECT_EQ(run_.metrics().contains(name + "/eval"),
              of != Published::kTraining)
        << name;
  }
}

// As the trainer tries an evaluation before the first step.
TEST_P(HookConformance, ForgetsABatchThatWasTried) {
  run_.Reach(&Hook::BeforeTraining);
  run_.TryEvaluation();
  run_.Epoch();

  SmallRun untried(MakeHook(GetParam()));
  untried.Reach(&Hook::BeforeTraining);
  untried.Epoch();
  EXPECT_EQ(run_.metrics(), untried.metrics());
  ExpectEqual(run_.Save(), untried.Save());
}

TEST_P(HookConformance, NeedsMetricsByTheirFullName) {
  for (const std::string& name : run_.hook().Needs()) {
    EXPECT_THAT(name, testing::HasSubstr("/"));
  }
}

TEST_P(HookConformance, SchedulesByAFunctionOfProgress) {
  const Hook& hook = run_.hook();
  for (const int64_t total : {1, 10, 1000}) {
    for (int64_t step = 0; step <= total; step += (total + 9) / 10) {
      const Progress progress = {.step = step,
                                 .epoch = step / 10,
                                 .steps_per_epoch = 10,
                                 .total_steps = total};
      const double lr = hook.LrFactor(progress);
      const double momentum = hook.MomentumFactor(progress);
      EXPECT_TRUE(lr >= 0 && lr <= 1000) << lr << " at step " << step;
      EXPECT_TRUE(momentum >= 0 && momentum <= 1000) << momentum;
      EXPECT_EQ(hook.LrFactor(progress), lr);
      EXPECT_EQ(MakeHook(GetParam())->LrFactor(progress), lr);
    }
  }
}

TEST_P(HookConformance, GoesOnBitForBitWhenTheRunIsResumed) {
  run_.Reach(&Hook::BeforeTraining);
  run_.Epoch();
  const State halfway = run_.Save();

  SmallRun resumed(MakeHook(GetParam()));
  resumed.Load(halfway);
  resumed.Reach(&Hook::BeforeTraining);
  ExpectEqual(resumed.Save(), halfway);

  run_.Epoch();
  resumed.Epoch();
  ExpectEqual(resumed.Save(), run_.Save());
}

// A hook may be new in a run that is resumed.
TEST_P(HookConformance, BeginsAnewFromAnEmptyState) {
  EXPECT_OK(run_.hook().Load(State()));
  run_.Reach(&Hook::BeforeTraining);
  run_.Epoch();
}

CONFORMANCE_SUITE(HookConformance, Hook::kKind);

}  // namespace
}  // namespace toque
