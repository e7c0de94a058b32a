#include <cmath>

#include "ATen/ops/log_softmax.h"
#include "ATen/ops/nll_loss.h"
#include "ATen/ops/one_hot.h"
#include "ATen/ops/ones.h"
#include "ATen/ops/tensor.h"
#include "ATen/ops/zeros.h"
#include "framework/core/loss.h"
#include "framework/testing/gradient.h"
#include "framework/testing/loss_goldens.h"
#include "framework/testing/testing.h"
#include "glog/logging.h"

namespace toque {
namespace {

at::Tensor CrossEntropy(std::string_view options, const at::Tensor& output,
                        const at::Tensor& target) {
  const auto loss = MakeOrDie<Loss>("recipe.CrossEntropy", options);
  return loss->Compute({.output = output}, {.target = target});
}
double Value(std::string_view options, const at::Tensor& target) {
  return CrossEntropy(options, GoldenLogits(), target).item<double>();
}

constexpr char kWeights[] = "weight: [1, 2, 0.5, 3]";

// Recipe R85.
TEST(CrossEntropyTest, IsLogSoftmaxAndNegativeLogLikelihood) {
  const at::Tensor expected =
      at::nll_loss(at::log_softmax(GoldenLogits(), 1), GoldenClasses());
  EXPECT_TRUE(
      CrossEntropy("", GoldenLogits(), GoldenClasses()).equal(expected));
}

// torch 2.11: tests/goldens/losses.py
TEST(CrossEntropyTest, IsThatOfPyTorchForClasses) {
  EXPECT_NEAR(Value("", GoldenClasses()), 0.892300390015229, 1e-14);
  EXPECT_NEAR(Value("reduction: SUM", GoldenClasses()), 2.67690117004569,
              1e-14);
  EXPECT_NEAR(Value(kWeights, GoldenClasses()), 0.61989460941782, 1e-14);
  EXPECT_NEAR(Value("ignore_index: 0", GoldenClasses()), 0.331113102272356,
              1e-14);
  EXPECT_NEAR(Value("ignore_index: 0 weight: [1, 2, 0.5, 3]", GoldenClasses()),
              0.221385936251205, 1e-14);
}

// torch 2.11: tests/goldens/losses.py
TEST(CrossEntropyTest, IsThatOfPyTorchForSoftTargets) {
  EXPECT_NEAR(Value("", GoldenSoft()), 1.72563372334856, 1e-14);
  EXPECT_NEAR(Value(kWeights, GoldenSoft()), 2.14763851117139, 1e-14);
  EXPECT_NEAR(Value("reduction: SUM", GoldenSoft()), 5.17690117004569, 1e-14);
}

TEST(CrossEntropyTest, TakesOneHotWholeNumbersAsSoftTarget) {
  const at::Tensor one_hot = at::one_hot(GoldenClasses(), 4);
  ASSERT_EQ(one_hot.scalar_type(), at::kLong);
  EXPECT_NEAR(Value("", one_hot), Value("", GoldenClasses()), 1e-15);
}

// Decision Q6 of the recipes: a batch transform makes rows of zeros of examples
// that count for nothing.
TEST(CrossEntropyTest, LeavesRowsOfZerosOutOfTheMean) {
  const at::Tensor classes = at::tensor({2, -100, 3}, at::kLong);
  const at::Tensor rows =
      at::one_hot(classes.clamp_min(0), 4).mul(classes.ge(0).unsqueeze(1));
  EXPECT_NEAR(Value("", rows), Value("", classes), 1e-15);
}

// The loader lets labels of -100 through whatever the option says, and no soft
// target can tell which class is to be left out.
TEST(CrossEntropyTest, LeavesOutLabelsBelow0WhateverClassIsIgnored) {
  const at::Tensor classes = at::tensor({2, -100, 3}, at::kLong);
  EXPECT_EQ(Value("ignore_index: -1", classes), Value("", classes));
  EXPECT_EQ(Value("ignore_index: 2", classes),
            Value("", at::tensor({-100, -100, 3}, at::kLong)));
}

TEST(CrossEntropyTest, TakesLabelsAloneWhereAClassIsIgnored) {
  const auto takes = [](std::string_view options) {
    return MakeOrDie<Loss>("recipe.CrossEntropy", options)->TakesSoftTarget();
  };
  EXPECT_TRUE(takes(""));
  EXPECT_TRUE(takes("ignore_index: -1"));
  EXPECT_FALSE(takes("ignore_index: 0"));
}

TEST(CrossEntropyTest, NamesTheShapeOfASoftTargetOfOtherClasses) {
  EXPECT_THAT(
      [] {
        Value("", at::ones({3, 5}));
      },
      testing::ThrowsMessage<c10::Error>(testing::AllOf(
          testing::HasSubstr("[3, 4]"), testing::HasSubstr("[3, 5]"))));
}

// log 4 for even scores, whatever the classes.
TEST(CrossEntropyTest, TakesAClassForEachPosition) {
  const at::Tensor scores = at::zeros({2, 4, 3, 5}, at::kDouble);
  const at::Tensor classes = at::ones({2, 3, 5}, at::kLong);
  EXPECT_NEAR(CrossEntropy("", scores, classes).item<double>(), std::log(4),
              1e-15);
}

TEST(CrossEntropyTest, HasTheGradientOfItsValuesForSoftTargetsAndWeights) {
  const auto loss = [](const at::Tensor& x) {
    return CrossEntropy(kWeights, x, GoldenSoft());
  };
  EXPECT_LT(GradientError(loss, GoldenLogits()), 1e-9);
}

TEST(CrossEntropyTest, WeighsClassesInTheTypeOfTheOutput) {
  const at::Tensor loss =
      CrossEntropy(kWeights, GoldenLogits().to(at::kFloat), GoldenClasses());
  EXPECT_EQ(loss.scalar_type(), at::kFloat);
  EXPECT_NEAR(loss.item<double>(), 0.61989460941782, 1e-6);
}

TEST(CrossEntropyTest, RefusesShapesThatDoNotFit) {
  EXPECT_THROW(Value("", at::ones({3, 1}, at::kLong)), c10::Error);
  EXPECT_THROW(Value("", at::ones({2}, at::kLong)), c10::Error);
  EXPECT_THROW(CrossEntropy("", at::ones({3}), at::ones({3})), c10::Error);
  EXPECT_THROW(Value("weight: [1, 2]", GoldenClasses()), c10::Error);
}

// Counts the warnings while it lives.
class WarningCounter : public google::LogSink {
 public:
  WarningCounter() { google::AddLogSink(this); }
  ~WarningCounter() override { google::RemoveLogSink(this); }
  void send(google::LogSeverity severity, const char*, const char*, int,
            const google::LogMessageTime&, const char*, size_t) override {
    count += severity == google::GLOG_WARNING;
  }
  int count = 0;
};

// Recipe R84.
TEST(CrossEntropyTest, WarnsOnceOfProbabilitiesInTheFirstBatch) {
  const at::Tensor probabilities = GoldenLogits().softmax(1);
  WarningCounter warnings;
  CrossEntropy("check: NOTHING", probabilities, GoldenClasses());
  const auto loss = MakeOrDie<Loss>("recipe.CrossEntropy");
  loss->Compute({.output = GoldenLogits()}, {.target = GoldenClasses()});
  loss->Compute({.output = probabilities}, {.target = GoldenClasses()});
  EXPECT_EQ(warnings.count, 0);
  CrossEntropy("", probabilities, GoldenClasses());
  CrossEntropy("", probabilities, GoldenClasses());
  EXPECT_EQ(warnings.count, 1);
}

TEST(CrossEntropyTest, RefusesOptionsOutOfRange) {
  EXPECT_THAT(Make<Loss>("recipe.CrossEntropy", "weight: [1, -2]"),
              FailsWith("weight must be at least 0, got -2"));
  EXPECT_THAT(Make<Loss>("recipe.CrossEntropy", "weight: [1, inf]"),
              FailsWith("weight must be finite and at least 0, got inf"));
  EXPECT_THAT(Make<Loss>("recipe.CrossEntropy", "weight: [0, 0]"),
              FailsWith("weight must be above 0 somewhere, got zeros alone"));
  const Context ten = Context().WithDataset({.classes = 10});
  EXPECT_THAT(Make<Loss>("recipe.CrossEntropy", "weight: [1, 2]", ten),
              FailsWith("weight must have a value for each of the 10 classes, "
                        "got 2"));
}

}  // namespace
}  // namespace toque
