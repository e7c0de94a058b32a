// Hooks on gradients and weights, and those that end a run, in whole runs.

#include <cmath>
#include <map>

#include "ATen/core/Tensor.h"
#include "framework/core/model_access.h"
#include "tests/end_to_end/small_run.h"

namespace toque {
namespace {

using testing::Gt;
using testing::HasSubstr;

// The small experiment with these hooks, one as "L1 { lambda: 1 }".
Experiment With(const std::vector<std::string>& hooks,
                const std::string& changes = "") {
  std::vector<std::string> all = {"remove: 'recipe.LinearDecay' " + changes};
  for (const std::string& hook : hooks) {
    const size_t space = hook.find(' ');
    all.push_back("hook { [type.googleapis.com/recipe." +
                  hook.substr(0, space) + "] " + hook.substr(space) + " }");
  }
  return SmallExperiment(all);
}

std::map<std::string, at::Tensor> Weights(Trainer& trainer) {
  std::map<std::string, at::Tensor> weights;
  for (const auto& [name, parameter] : Parameters(*trainer.run().model)) {
    weights[name] = parameter.detach().clone();
  }
  return weights;
}

// How far training takes each parameter.
std::map<std::string, double> Distances(const Experiment& experiment) {
  const auto trainer = MakeTrainer(experiment);
  EXPECT_OK(trainer);
  if (!trainer.ok()) return {};
  const auto before = Weights(**trainer);
  EXPECT_OK((*trainer)->Train());
  std::map<std::string, double> distances;
  for (const auto& [name, after] : Weights(**trainer)) {
    distances[name] = after.sub(before.at(name)).norm().item<double>();
  }
  return distances;
}

double Total(const std::map<std::string, double>& distances) {
  double squares = 0;
  for (const auto& [name, distance] : distances) squares += distance * distance;
  return std::sqrt(squares);
}

TEST(RegularisationTest, BeginsWithTheParametersThatTheExperimentNames) {
  const auto trainer = MakeTrainer(SmallExperiment(
      {"init { match: 'net.1.bias' method: CONSTANT value: 3 }"}));
  ASSERT_OK(trainer);
  const at::Tensor bias = Weights(**trainer).at("net.1.bias");
  EXPECT_TRUE(bias.eq(3).all().item<bool>());
  EXPECT_THAT(MakeTrainer(SmallExperiment({"init { match: 'nothing' }"})),
              FailsWith("init[0]"));
}

Metrics MetricsOf(const Experiment& experiment) {
  const auto outcome = RunExperiment(experiment);
  EXPECT_OK(outcome);
  return outcome.ok() ? outcome->metrics : Metrics();
}

const std::vector<std::string> kAll = {
    "L1 { lambda: 1e-3 match: 'weight$' }",
    "GradientCentralization {}",
    "ClipGradValue { max_value: 0.1 }",
    "ClipGradNorm { max_norm: 0.2 }",
    "Unfreeze { stage { group: 'first' at: 1.2 } }",
    "Ema { decay: 0.9 warm_up: RISING every_steps: 2 buffers: AVERAGE }",
    "Swa { begin: 1 }",
    "EarlyStopping { metric: 'loss/eval_ema' mode: MIN }",
    "EmptyCache {}",
    "MaxTime { hours: 1000 }",
};
constexpr char kFirst[] = "param_group { name: 'first' match: 'net.1' } ";

TEST(RegularisationTest, GoesOnBitForBitWithAllOfThem) {
  const std::string folder = TestFolder();
  const std::string first = kFirst;
  const Experiment long_run = With(kAll, first + "epochs: 3");
  ASSERT_OK(RunExperiment(long_run, folder + "/whole"));
  ASSERT_OK(RunExperiment(With(kAll, first + "steps: 13"), folder + "/short"));

  const auto trainer = MakeTrainer(long_run, folder + "/short");
  ASSERT_OK(trainer);
  const auto checkpoint =
      ReadCheckpoint(folder + "/short/checkpoints/last.safetensors");
  ASSERT_OK(checkpoint);
  ASSERT_OK((*trainer)->Resume(*checkpoint));
  ASSERT_OK((*trainer)->Train());
  EXPECT_EQ(LastCheckpoint(folder + "/short"),
            LastCheckpoint(folder + "/whole"));
}

// An average that keeps nothing is the raw weights.
TEST(RegularisationTest, EvaluatesAveragesBesideTheRawWeights) {
  Metrics metrics = MetricsOf(With({"Ema { decay: 0 }", "Swa { begin: 2 }"}));
  EXPECT_EQ(metrics.at("loss/eval_ema"), metrics.at("loss/eval"));
  EXPECT_EQ(metrics.at("loss/eval_swa"), metrics.at("loss/eval"));
  EXPECT_EQ(metrics.at("accuracy/eval_ema"), metrics.at("accuracy/eval"));

  const double raw = metrics.at("loss/eval");
  metrics = MetricsOf(With({"Ema { decay: 0.95 }", "Swa { begin: 1 }"}));
  EXPECT_NE(metrics.at("loss/eval_ema"), raw);
  EXPECT_NE(metrics.at("loss/eval_swa"), raw);
  EXPECT_EQ(metrics.at("loss/eval"), raw) << "averages change no training";
}

TEST(RegularisationTest, StepsNoFurtherThanTheClippedNorm) {
  const std::string one_step =
      "steps: 1 optimizer { [type.googleapis.com/recipe.Sgd] "
      "{ lr: 1 momentum: 0 } }";
  const double whole = Total(Distances(With({}, one_step)));
  const double clipped =
      Total(Distances(With({"ClipGradNorm { max_norm: 0.01 }"}, one_step)));
  EXPECT_GT(whole, 0.02);
  EXPECT_NEAR(clipped, 0.01, 1e-6);
  const Metrics metrics =
      MetricsOf(With({"ClipGradNorm { max_norm: 0.01 }"}, one_step));
  EXPECT_NEAR(metrics.at("grad_norm/train"), whole, 1e-5);
}

// The gradient of so great a penalty is infinite where a weight isn't 0.
constexpr char kInfinite[] = "L1 { lambda: 1e39 match: 'net.4.weight' }";

TEST(RegularisationTest, NamesTheParameterWhoseGradientIsNotFinite) {
  EXPECT_THAT(
      RunExperiment(With({kInfinite, "ClipGradNorm { max_norm: 1 }"})),
      FailsWith("recipe.ClipGradNorm: the gradient of net.4.weight must be "
                "finite at step 0, got norm inf"));
}

TEST(RegularisationTest, LeavesOutStepsWhoseGradientsAreNotFinite) {
  const auto distances = Distances(With(
      {kInfinite, "ClipGradNorm { max_norm: 1 on_non_finite: SKIP_STEP }"}));
  EXPECT_FALSE(distances.empty());
  EXPECT_EQ(Total(distances), 0);
}

TEST(RegularisationTest, AddsThePenaltyToTheGradientAndNotToTheLoss) {
  const std::string still =
      "optimizer { [type.googleapis.com/recipe.Sgd] { lr: 0 } }";
  const Metrics without = MetricsOf(With({}, still));
  const Metrics with = MetricsOf(With({"L1 { lambda: 0.5 }"}, still));
  EXPECT_EQ(with.at("loss/train"), without.at("loss/train"));

  const auto trainer = MakeTrainer(With({}));
  ASSERT_OK(trainer);
  double sum = 0;
  for (const auto& [name, weight] : Weights(**trainer)) {
    sum += weight.abs().sum().item<double>();
  }
  EXPECT_NEAR(with.at("l1/train"), 0.5 * sum, 1e-4);
}

TEST(RegularisationTest, TrainsAFrozenGroupFromItsTimeOn) {
  const std::vector<std::string> hooks = {
      "Unfreeze { stage { group: 'first' at: 1 } }"};
  const std::string first = kFirst;
  const auto one_epoch = Distances(With(hooks, first + "epochs: 1"));
  EXPECT_EQ(one_epoch.at("net.1.weight"), 0);
  EXPECT_THAT(one_epoch.at("net.4.weight"), Gt(0));
  const auto two_epochs = Distances(With(hooks, first + "epochs: 2"));
  EXPECT_THAT(two_epochs.at("net.1.weight"), Gt(0));
}

// Nothing gets better by so much: the second evaluation is the last.
constexpr char kImpatient[] =
    "EarlyStopping { metric: 'loss/eval' mode: MIN patience: 1 "
    "min_delta: 1000 }";

TEST(RegularisationTest, EndsARunThatGetsNoBetterAndKeepsItEnded) {
  const std::string folder = TestFolder();
  const Experiment experiment = With({kImpatient}, "epochs: 5");
  const auto outcome = RunExperiment(experiment, folder);
  ASSERT_OK(outcome);
  EXPECT_THAT(outcome->stop_reason, HasSubstr("loss/eval did not get better"));
  const std::string ended = LastCheckpoint(folder);

  const auto trainer = MakeTrainer(experiment, folder);
  ASSERT_OK(trainer);
  const auto checkpoint =
      ReadCheckpoint(folder + "/checkpoints/last.safetensors");
  ASSERT_OK(checkpoint);
  ASSERT_OK((*trainer)->Resume(*checkpoint));
  ASSERT_OK((*trainer)->Train());
  EXPECT_EQ((*trainer)->run().progress.epoch, 2);
  EXPECT_EQ(LastCheckpoint(folder), ended);
}

TEST(RegularisationTest, EndsARunWhoseTimeIsOver) {
  const auto trainer = MakeTrainer(With({"MaxTime { seconds: 1e-30 }"}));
  ASSERT_OK(trainer);
  const auto outcome = (*trainer)->Train();
  ASSERT_OK(outcome);
  EXPECT_EQ((*trainer)->run().progress.step, 1);
  EXPECT_THAT(outcome->stop_reason, HasSubstr("seconds are over"));
  EXPECT_TRUE(outcome->metrics.contains("loss/eval"));
}

}  // namespace
}  // namespace toque
