// Optimizers that ask more of the trainer than a step, in whole runs.

#include "framework/trainer/checkpoint.h"
#include "tests/end_to_end/small_run.h"

namespace toque {
namespace {

using testing::Lt;

// The small experiment with an optimizer that computes a batch several times a
// step; the model has dropout, the same at each of them.
Experiment WithLbfgs(std::string_view options, const std::string& changes) {
  return SmallExperiment(
      {"remove: 'recipe.LinearDecay' train { batch_size: 80 } " + changes,
       "optimizer { [type.googleapis.com/recipe.Lbfgs] { max_iter: 4 " +
           std::string(options) + " } }"});
}

double TrainingLoss(const Experiment& experiment) {
  const auto outcome = RunExperiment(experiment);
  EXPECT_OK(outcome);
  return outcome.ok() ? outcome->metrics.at("loss/train") : 0;
}

TEST(OptimizersTest, LbfgsTrainsWithAndWithoutALineSearch) {
  const double first = TrainingLoss(WithLbfgs("", "epochs: 1"));
  for (const char* options : {"lr: 0.5", "line_search: STRONG_WOLFE"}) {
    EXPECT_THAT(TrainingLoss(WithLbfgs(options, "epochs: 6")), Lt(first / 2))
        << options;
  }
}

TEST(OptimizersTest, LbfgsGoesOnBitForBit) {
  const std::string folder = TestFolder();
  const Experiment whole = WithLbfgs("", "epochs: 6");
  ASSERT_OK(RunExperiment(whole, folder + "/whole"));
  ASSERT_OK(RunExperiment(WithLbfgs("", "epochs: 3"), folder + "/short"));

  const auto trainer = MakeTrainer(whole, folder + "/short");
  ASSERT_OK(trainer);
  const auto checkpoint =
      ReadCheckpoint(folder + "/short/checkpoints/last.safetensors");
  ASSERT_OK(checkpoint);
  ASSERT_OK((*trainer)->Resume(*checkpoint));
  ASSERT_OK((*trainer)->Train());
  EXPECT_EQ(LastCheckpoint(folder + "/short"),
            LastCheckpoint(folder + "/whole"));
}

}  // namespace
}  // namespace toque
