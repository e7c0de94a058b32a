// The tips of the cookbook that are behaviour of the trainer (R80 to R92): a
// witness at the points of a run notes what is so there.

#include <memory>

#include "ATen/core/Tensor.h"
#include "c10/core/GradMode.h"
#include "framework/core/hook.h"
#include "framework/core/model.h"
#include "framework/core/model_access.h"
#include "framework/tensors/live_bytes.h"
#include "framework/testing/device_reads.h"
#include "tests/end_to_end/small_run.h"
#include "tests/end_to_end/tips_test.pb.h"

namespace toque {
namespace {

using testing::AllOf;
using testing::Each;
using testing::Field;
using testing::SizeIs;

// How a batch went through the model.
struct Pass {
  bool training;  // the mode of the model
  bool recording;
  bool output_has_gradient;
  bool loss_has_gradient;
};

int64_t DefinedGradients(const Run& run) {
  int64_t count = 0;
  for (const auto& [name, parameter] : Parameters(*run.model)) {
    count += parameter.grad().defined();
  }
  return count;
}

struct Notes {
  std::vector<Pass> trained;
  std::vector<Pass> evaluated;
  std::vector<int64_t> gradients_before_backward;
  std::vector<int64_t> gradients_after_backward;
  std::vector<int64_t> gradients_after_step;
  std::vector<int64_t> bytes_after_step;
};

// It lives as long as the trainer, so what it notes stands here.
Notes notes;
const LiveBytes* live = nullptr;

// Also asks for an evaluation of other weights within each evaluation.
struct Witness : Hook {
  absl::Status AfterForward(Run& run) override {
    auto& passes = run.phase == Phase::kTrain ? notes.trained : notes.evaluated;
    passes.push_back({run.model->is_training(), c10::GradMode::is_enabled(),
                      run.prediction.output.requires_grad(),
                      run.loss.requires_grad()});
    return absl::OkStatus();
  }
  absl::Status BeforeBackward(Run& run) override {
    notes.gradients_before_backward.push_back(DefinedGradients(run));
    return absl::OkStatus();
  }
  absl::Status AfterBackward(Run& run) override {
    notes.gradients_after_backward.push_back(DefinedGradients(run));
    return absl::OkStatus();
  }
  absl::Status AfterStep(Run& run) override {
    notes.gradients_after_step.push_back(DefinedGradients(run));
    if (live != nullptr) notes.bytes_after_step.push_back(live->bytes());
    if (reads_the_loss) run.loss.item<float>();
    return absl::OkStatus();
  }
  absl::Status AfterEvaluation(Run& run) override {
    if (run.split == "eval") run.Evaluate("again", Parameters(*run.model));
    return absl::OkStatus();
  }
  static inline bool reads_the_loss = false;
};

Made<Hook> MakeWitness(const test::Witness&) {
  return std::make_unique<Witness>();
}

TOQUE_PLUGIN(MakeWitness);

constexpr char kWitness[] = "hook { [type.googleapis.com/test.Witness] {} }";

// What the witness saw of 2 epochs of 10 steps, each with an evaluation of 2
// batches that is done twice.
Notes NotesOf(const std::string& change = "epochs: 2") {
  notes = {};
  EXPECT_OK(
      RunExperiment(SmallExperiment({kWitness, "sanity_batches: 0", change})));
  return notes;
}

TEST(TipsTest, TheModelTrainsAgainAfterAnEvaluation) {
  const Notes seen = NotesOf();
  EXPECT_THAT(seen.trained,
              AllOf(SizeIs(20), Each(Field(&Pass::training, true))));
  EXPECT_THAT(seen.evaluated,
              AllOf(SizeIs(8), Each(Field(&Pass::training, false))));
}

TEST(TipsTest, TheModelTrainsAgainAfterTheTryBeforeTheFirstStep) {
  const Notes seen = NotesOf("sanity_batches: 1");
  EXPECT_THAT(seen.evaluated, SizeIs(9));
  EXPECT_THAT(seen.trained,
              AllOf(SizeIs(20), Each(Field(&Pass::training, true))));
}

TEST(TipsTest, EvaluationsRecordNoGradients) {
  const Notes seen = NotesOf();
  EXPECT_THAT(seen.evaluated, Each(Field(&Pass::recording, false)));
  EXPECT_THAT(seen.evaluated, Each(Field(&Pass::output_has_gradient, false)));
  EXPECT_THAT(seen.evaluated, Each(Field(&Pass::loss_has_gradient, false)));
  EXPECT_THAT(seen.trained, Each(Field(&Pass::output_has_gradient, true)));
  EXPECT_THAT(seen.trained, Each(Field(&Pass::loss_has_gradient, true)));
}

// Two linear layers: weights and biases are four parameters.
TEST(TipsTest, GradientsAreClearedBeforeEachBackward) {
  const Notes seen = NotesOf();
  EXPECT_THAT(seen.gradients_before_backward, AllOf(SizeIs(20), Each(0)));
  EXPECT_THAT(seen.gradients_after_backward, AllOf(SizeIs(20), Each(4)));
  EXPECT_THAT(seen.gradients_after_step, AllOf(SizeIs(20), Each(0)));
}

// Their sum is proven by train_test.
TEST(TipsTest, GradientsAreKeptUntilTheStepWhereBatchesAccumulate) {
  const Notes seen = NotesOf("accumulate_steps: 2");
  ASSERT_THAT(seen.gradients_before_backward, SizeIs(20));
  for (size_t i = 0; i < 20; ++i) {
    EXPECT_EQ(seen.gradients_before_backward[i], i % 2 == 0 ? 0 : 4) << i;
  }
  EXPECT_THAT(seen.gradients_after_step, AllOf(SizeIs(10), Each(0)));
}

TEST(TipsTest, FrozenParametersNeverHaveAGradient) {
  const Notes seen =
      NotesOf("param_group { name: 'first' match: '^net.1' frozen: true }");
  EXPECT_THAT(seen.gradients_after_backward, AllOf(SizeIs(20), Each(2)));
}

// Loss and prediction of a step hold activations until the next one's replace
// them. The first epoch makes what stays: momentum, memory of batches.
TEST(TipsTest, NoStepLeavesMemoryBehind) {
  const LiveBytes counted;
  live = &counted;
  const Notes seen = NotesOf("epochs: 4");
  live = nullptr;
  ASSERT_THAT(seen.bytes_after_step, SizeIs(40));
  const int64_t expected = seen.bytes_after_step[10];
  EXPECT_GT(expected, 0);
  for (size_t i = 11; i < 40; ++i) {
    EXPECT_EQ(seen.bytes_after_step[i], expected) << "after step " << i;
  }
}

// Reads of a run with the witness, after its making.
int64_t ReadsOf(const std::string& change, bool curious = false) {
  Witness::reads_the_loss = curious;
  const auto trainer = MakeTrainer(SmallExperiment({kWitness, change}));
  EXPECT_OK(trainer);
  const int64_t reads =
      DeviceReads([&trainer] { EXPECT_OK((*trainer)->Train()); });
  Witness::reads_the_loss = false;
  return reads;
}

// Four intervals and two evaluations each, of 20 steps in all or of 40.
TEST(TipsTest, MetricsReadTheDevicePerIntervalAndNotPerStep) {
  const int64_t reads = ReadsOf("log_every_steps: 5");
  EXPECT_EQ(ReadsOf("train { batch_size: 4 } log_every_steps: 10"), reads);
  // The comparison can tell.
  EXPECT_EQ(ReadsOf("log_every_steps: 5", /*curious=*/true), reads + 20);
}

}  // namespace
}  // namespace toque
