// Truncated back-propagation through time (R79): what a step in pieces does.

#include <algorithm>
#include <string>
#include <vector>

#include "ATen/core/grad_mode.h"
#include "ATen/ops/cross_entropy_loss.h"
#include "framework/config/config.h"
#include "framework/core/hook.h"
#include "framework/core/model_access.h"
#include "framework/testing/testing.h"
#include "framework/trainer/trainer.h"

namespace toque {
namespace {

constexpr int64_t kSteps = 12;  // of time
constexpr double kRate = 0.5;

// One optimizer step over sequences of 12 steps; `answers` is LAST or EVERY.
std::unique_ptr<Trainer> MakeTrainer(const std::string& answers,
                                     int64_t tbptt_steps) {
  const auto experiment = ParseExperiment(
      absl::StrCat(
          "steps: 1 log_every_steps: 1 device: CPU compute_threads: 1 "
          "model { [type.googleapis.com/recipe.Lstm] { hidden: 8 output: ",
          answers,
          " } } loss { [type.googleapis.com/recipe.CrossEntropy] {} } "
          "optimizer { [type.googleapis.com/recipe.Sgd] { lr: ",
          kRate,
          " } } train { batch_size: 16 "
          "sampler { [type.googleapis.com/recipe.Shuffle] {} } "
          "dataset { [type.googleapis.com/recipe.Recall] { examples: 32 "
          "length: 12 delay: 4 target: ",
          answers, " } } tbptt_steps: ", tbptt_steps, " }"),
      "tbptt");
  EXPECT_OK(experiment);
  auto trainer = Trainer::Create(*experiment, Context(), {});
  EXPECT_OK(trainer);
  return *std::move(trainer);
}

// Keeps the whole batch and its loss.
struct Watch : Hook {
  explicit Watch(Batch* batch, double* loss) : batch(batch), loss(loss) {}
  absl::Status AfterStep(toque::Run& run) override {
    *batch = run.batch;
    *loss = run.loss.item<double>();
    return absl::OkStatus();
  }
  Batch* batch;
  double* loss;
};

struct Step {
  Batch batch;
  double loss = 0;
  NamedTensors parameters;
};

Step StepOf(const std::string& answers, int64_t tbptt_steps) {
  Step step;
  const auto trainer = MakeTrainer(answers, tbptt_steps);
  trainer->AddHook(std::make_unique<Watch>(&step.batch, &step.loss), "watch");
  EXPECT_OK(trainer->Train());
  step.parameters = Parameters(*trainer->run().model);
  return step;
}

// Parameters after a step of gradient descent, by hand: each piece goes
// backward for itself, and only those that end at or after `learned_from`.
NamedTensors ByHand(const std::string& answers, const Batch& batch,
                    int64_t length, int64_t learned_from) {
  const auto trainer = MakeTrainer(answers, 0);
  Model& model = *trainer->run().model;
  SetTraining(model, true);
  ResetState(model);
  for (int64_t begin = 0; begin < kSteps; begin += length) {
    const int64_t size = std::min(length, kSteps - begin);
    const at::Tensor output =
        Predict(model, batch.input.narrow(1, begin, size));
    DetachState(model);
    if (begin + size < learned_from) continue;
    const bool every = answers == "EVERY";
    const at::Tensor loss = at::cross_entropy_loss(
        output, every ? batch.target.narrow(1, begin, size) : batch.target);
    loss.mul(every ? static_cast<double>(size) / kSteps : 1).backward();
  }
  const at::NoGradGuard no_grad;
  for (const auto& [name, parameter] : Parameters(model)) {
    parameter.sub_(parameter.grad(), kRate);
  }
  return Parameters(model);
}

void ExpectClose(const NamedTensors& actual, const NamedTensors& expected) {
  ASSERT_EQ(actual.size(), expected.size());
  for (size_t i = 0; i < actual.size(); ++i) {
    EXPECT_TRUE(actual[i].second.allclose(expected[i].second, 1e-5, 1e-7))
        << actual[i].first;
  }
}

TEST(TbpttTest, APieceOfTheWholeLengthIsTheWhole) {
  for (const char* answers : {"LAST", "EVERY"}) {
    const Step whole = StepOf(answers, 0);
    const Step piece = StepOf(answers, kSteps + 1);
    EXPECT_EQ(piece.loss, whole.loss);
    for (size_t i = 0; i < whole.parameters.size(); ++i) {
      EXPECT_TRUE(piece.parameters[i].second.equal(whole.parameters[i].second));
    }
  }
}

TEST(TbpttTest, PiecesGiveTheLossOfTheWhole) {
  for (const char* answers : {"LAST", "EVERY"}) {
    EXPECT_NEAR(StepOf(answers, 5).loss, StepOf(answers, 0).loss, 1e-6);
  }
}

TEST(TbpttTest, GradientsStayWithinTheirPiece) {
  const Step step = StepOf("EVERY", 5);
  EXPECT_EQ(step.batch.input.sizes(), at::IntArrayRef({16, kSteps, 4}));
  ExpectClose(step.parameters, ByHand("EVERY", step.batch, 5, 0));
  const at::Tensor whole = StepOf("EVERY", 0).parameters[1].second;
  EXPECT_FALSE(step.parameters[1].second.allclose(whole, 1e-5, 1e-7));
}

TEST(TbpttTest, ATargetOfTheSequenceIsLearnedFromTheLastPiece) {
  const Step step = StepOf("LAST", 5);
  ExpectClose(step.parameters, ByHand("LAST", step.batch, 5, kSteps));
}

}  // namespace
}  // namespace toque
