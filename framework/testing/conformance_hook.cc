// What every hook must do.

#include <cmath>
#include <functional>

#include "ATen/ops/arange.h"
#include "ATen/ops/equal.h"
#include "framework/core/hook.h"
#include "framework/testing/conformance.h"

namespace toque {
namespace {

class HookConformance : public testing::TestWithParam<Candidate> {
 protected:
  void SetUp() override {
    hook_ = MakeHook();
    const at::Tensor weight = at::arange(80, at::kFloat).reshape({8, 10}).sin();
    weight.set_requires_grad(true);
    weight.mutable_grad() = weight.detach().clone();
    run_.groups.push_back({.name = "base", .parameters = {{"weight", weight}}});
    run_.batch = {.input = at::arange(64, at::kFloat).reshape({8, 8}).cos(),
                  .target = at::arange(8),
                  .index = {0, 1, 2, 3, 4, 5, 6, 7}};
    run_.dataset = {.classes = 10, .shape = {8}};
    run_.progress = {.steps_per_epoch = 2, .total_steps = 4};
    for (const std::string& name : hook_->Needs()) run_.metrics[name] = 0.5;
  }

  static std::unique_ptr<Hook> MakeHook() {
    auto made = Make<Hook>(GetParam());
    EXPECT_OK(made);
    return *std::move(made);
  }

  using Point = absl::Status (Hook::*)(toque::Run&);
  void Reach(Point point) { EXPECT_OK(std::invoke(point, *hook_, run_)); }

  void Forward() {
    run_.prediction.output =
        run_.batch.input.matmul(run_.groups[0].parameters[0].second);
    run_.loss = run_.prediction.output.square().mean();
    Reach(&Hook::AfterForward);
  }

  void Step() {
    Forward();
    Reach(&Hook::BeforeBackward);
    Reach(&Hook::AfterBackward);
    Reach(&Hook::BeforeStep);
    ++run_.progress.step;
    Reach(&Hook::AfterStep);
  }

  void Log() {
    Reach(&Hook::Report);
    Reach(&Hook::AfterLog);
  }

  void Evaluate() {
    run_.phase = Phase::kEvaluate;
    run_.split = "eval";
    run_.bank = 1;
    Forward();
    Reach(&Hook::Report);
    Reach(&Hook::AfterEvaluation);
    run_.phase = Phase::kTrain;
    run_.split = "train";
    run_.bank = 0;
  }

  void Epoch() {
    Step();
    Step();
    Log();
    ++run_.progress.epoch;
    Evaluate();
    Reach(&Hook::AfterEpoch);
  }

  std::unique_ptr<Hook> hook_;
  toque::Run run_;
};

TEST_P(HookConformance, GoesThroughAWholeRun) {
  Reach(&Hook::BeforeTraining);
  Epoch();
  Epoch();
  Reach(&Hook::AfterTraining);
}

TEST_P(HookConformance, ReportsWhatItPublishes) {
  Reach(&Hook::BeforeTraining);
  Epoch();
  for (const std::string& name : hook_->Publishes()) {
    EXPECT_TRUE(run_.metrics.contains(name + "/train")) << name;
    EXPECT_TRUE(run_.metrics.contains(name + "/eval")) << name;
  }
}

TEST_P(HookConformance, NeedsMetricsByTheirFullName) {
  for (const std::string& name : hook_->Needs()) {
    EXPECT_THAT(name, testing::HasSubstr("/"));
  }
}

TEST_P(HookConformance, SchedulesByAFunctionOfProgress) {
  for (const int64_t total : {1, 10, 1000}) {
    for (int64_t step = 0; step <= total; step += (total + 9) / 10) {
      const Progress progress = {.step = step,
                                 .epoch = step / 10,
                                 .steps_per_epoch = 10,
                                 .total_steps = total};
      const double lr = hook_->LrFactor(progress);
      const double momentum = hook_->MomentumFactor(progress);
      EXPECT_TRUE(lr >= 0 && lr <= 1000) << lr << " at step " << step;
      EXPECT_TRUE(momentum >= 0 && momentum <= 1000) << momentum;
      EXPECT_EQ(hook_->LrFactor(progress), lr);
      EXPECT_EQ(MakeHook()->LrFactor(progress), lr);
    }
  }
}

TEST_P(HookConformance, KeepsItsStateWhenTheRunIsResumed) {
  Reach(&Hook::BeforeTraining);
  Epoch();
  State before;
  hook_->Save(&before);

  hook_ = MakeHook();
  ASSERT_OK(hook_->Load(before));
  Reach(&Hook::BeforeTraining);
  State after;
  hook_->Save(&after);
  ASSERT_EQ(after.tensors().size(), before.tensors().size());
  for (const auto& [name, tensor] : before.tensors()) {
    ASSERT_TRUE(after.Has(name)) << name;
    EXPECT_TRUE(at::equal(*after.Get(name), tensor)) << name;
  }
}

CONFORMANCE_SUITE(HookConformance, Hook::kKind);

}  // namespace
}  // namespace toque
