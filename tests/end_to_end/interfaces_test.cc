// What the trainer does for plugins that ask for more than a step: parts of the
// model, other weights, a second look at a batch, a step left out.

#include <cmath>

#include "ATen/core/Tensor.h"
#include "ATen/ops/arange.h"
#include "framework/core/batch_transform.h"
#include "framework/core/hook.h"
#include "framework/core/loss.h"
#include "framework/core/model_access.h"
#include "framework/core/optimizer.h"
#include "framework/testing/test_plugins.pb.h"
#include "tests/end_to_end/small_run.h"

namespace toque {
namespace {

// The mean square of a part of the model; any other power, of one that isn't
// there.
struct TapLoss : Loss {
  at::Tensor Compute(const Prediction& prediction, const Batch&) override {
    return prediction.taps.at(path).square().mean();
  }
  std::vector<std::string> Taps() const override { return {path}; }
  std::string path;
};

Made<Loss> MakeDistance(const test::Distance& options) {
  auto loss = std::make_unique<TapLoss>();
  loss->path = options.power() == 2 ? "net.1" : "nowhere";
  return loss;
}
namespace tap_loss {
TOQUE_PLUGIN(MakeDistance);
}

// Leaves step 3 out, and asks for an evaluation of zeros.
struct Meddler : Hook {
  absl::Status BeforeStep(Run& run) override {
    if (run.progress.step == 3) {
      run.SkipStepIf(run.loss.detach().abs().add(1));
      before = Parameters(*run.model)[0].second.clone();
    }
    return absl::OkStatus();
  }
  absl::Status AfterStep(Run& run) override {
    const at::Tensor now = Parameters(*run.model)[0].second;
    if (run.progress.step == 4) unchanged = now.equal(before);
    if (run.progress.step == 5) changed = !now.equal(before);
    return absl::OkStatus();
  }
  absl::Status AfterEvaluation(Run& run) override {
    NamedTensors zeros;
    for (const auto& [name, parameter] : Parameters(*run.model)) {
      zeros.emplace_back(name, parameter.detach().mul(0));
    }
    run.Evaluate("zero", std::move(zeros), Statistics::kRecomputed);
    return absl::OkStatus();
  }
  static inline bool unchanged = false;
  static inline bool changed = false;
  at::Tensor before;
};

Made<Hook> MakeMeddler(const test::Halt&) {
  return std::make_unique<Meddler>();
}
namespace meddler {
TOQUE_PLUGIN(MakeMeddler);
}

// Labels as one-hot rows.
struct Soften : BatchTransform {
  absl::Status Apply(Batch& batch, Rng&) const override {
    batch.target = batch.target.unsqueeze(1).eq(at::arange(3)).to(at::kFloat);
    return absl::OkStatus();
  }
  bool SoftensTarget() const override { return true; }
};

Made<BatchTransform> MakeSoften(const test::Blend&) {
  return std::make_unique<Soften>();
}
namespace soften {
TOQUE_PLUGIN(MakeSoften);
}

// Gradient descent that looks at the same batch twice.
struct Twice : Optimizer {
  double base_lr() const override { return 0.1; }
  absl::Status Attach(std::vector<Group>*) override { return absl::OkStatus(); }
  bool NeedsReevaluation() const override { return true; }
  absl::Status Step(const StepContext& context) override {
    first = context.reevaluate().item<double>();
    second = context.reevaluate().item<double>();
    return absl::OkStatus();
  }
  void Save(State*) const override {}
  absl::Status Load(const State&) override { return absl::OkStatus(); }
  static inline double first = 0;
  static inline double second = 0;
};

Made<Optimizer> MakeTwice(const test::Descent&) {
  return std::make_unique<Twice>();
}
namespace twice {
TOQUE_PLUGIN(MakeTwice);
}

constexpr char kTwice[] = "optimizer { [type.googleapis.com/test.Descent] {} }";
constexpr char kSoften[] =
    "train { batch_transform { [type.googleapis.com/test.Blend] {} } }";

TEST(InterfacesTest, GivesALossThePartsOfTheModelItAsksFor) {
  const auto trainer = MakeTrainer(
      SmallExperiment({"loss { [type.googleapis.com/test.Distance] {} }"}));
  ASSERT_OK(trainer);
  ASSERT_OK((*trainer)->Train());
  const toque::Run& run = (*trainer)->run();
  EXPECT_EQ(run.prediction.taps.at("net.1").size(1), 16);
}

TEST(InterfacesTest, NamesAPartThatTheModelDoesNotHave) {
  EXPECT_THAT(MakeTrainer(SmallExperiment({"loss { "
                                           "[type.googleapis.com/test.Distance]"
                                           " { power: 3 } }"})),
              FailsWith("nowhere"));
}

TEST(InterfacesTest, LeavesAStepOutWhereAHookAsksForIt) {
  ASSERT_OK(RunExperiment(
      SmallExperiment({"hook { [type.googleapis.com/test.Halt] {} }"})));
  EXPECT_TRUE(Meddler::unchanged);
  EXPECT_TRUE(Meddler::changed);
}

TEST(InterfacesTest, EvaluatesOtherWeightsAndPutsTheOldOnesBack) {
  const auto other = RunExperiment(
      SmallExperiment({"hook { [type.googleapis.com/test.Halt] {} }"}));
  ASSERT_OK(other);
  // Logits of zeros tell nothing: the loss is that of three equal classes.
  EXPECT_NEAR(other->metrics.at("loss/eval_zero"), std::log(3), 1e-6);
  EXPECT_TRUE(other->metrics.contains("accuracy/eval_zero"));
  EXPECT_NE(other->metrics.at("loss/eval"), std::log(3));
}

TEST(InterfacesTest, RefusesSoftTargetsByNameWhereLabelsAreNeeded) {
  EXPECT_OK(MakeTrainer(SmallExperiment({kSoften})));
  EXPECT_THAT(
      MakeTrainer(SmallExperiment(
          {kSoften, "loss { [type.googleapis.com/test.Distance] {} }"})),
      FailsWith("loss: test.Distance: takes labels alone, and "
                "train.batch_transform[0], test.Blend, makes soft targets of "
                "them"));
}

TEST(InterfacesTest, ComputesABatchAgainForAnOptimizerThatAsks) {
  const auto trainer = MakeTrainer(SmallExperiment({kTwice}));
  ASSERT_OK(trainer);
  ASSERT_OK((*trainer)->Train());
  EXPECT_GT(Twice::first, 0);
  EXPECT_EQ(Twice::first, Twice::second);
}

TEST(InterfacesTest, RefusesWhatCannotBeComputedAgain) {
  const auto made = MakeTrainer(
      SmallExperiment({kTwice, "precision: BF16 accumulate_steps: 2"}));
  EXPECT_THAT(made, FailsWith("optimizer: test.Descent: computes a batch "
                              "several times a step, so precision must be "
                              "FP32, got BF16"));
  EXPECT_THAT(made, FailsWith("so accumulate_steps must be 1, got 2"));
}

}  // namespace
}  // namespace toque
