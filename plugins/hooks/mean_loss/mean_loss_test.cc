#include <cmath>

#include "ATen/ops/full.h"
#include "ATen/ops/tensor.h"
#include "ATen/ops/zeros.h"
#include "framework/core/hook.h"
#include "framework/core/loss.h"
#include "framework/testing/testing.h"
#include "google/protobuf/wrappers.pb.h"

namespace toque {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::Pair;

// A loss with what the trained one alone may have: a parameter, or a tap where
// the options say so.
struct Scaled : Loss {
  at::Tensor Compute(const Prediction& prediction, const Batch&) override {
    return prediction.output.mean();
  }
  NamedTensors Parameters() override {
    if (taps) return {};
    return {{"scale", at::full({}, 3.0)}};
  }
  std::vector<std::string> Taps() const override {
    if (taps) return {"layer1"};
    return {};
  }
  bool taps = false;
};

Made<Loss> MakeScaled(const google::protobuf::BoolValue& options) {
  auto loss = std::make_unique<Scaled>();
  loss->taps = options.value();
  return loss;
}

TOQUE_PLUGIN(MakeScaled);

// As often as it was opened.
struct Opened : Loss {
  absl::Status Open(const Context&) override {
    ++times;
    return absl::OkStatus();
  }
  at::Tensor Compute(const Prediction&, const Batch&) override {
    return at::full({}, times);
  }
  double times = 0;
};

Made<Loss> MakeOpened(const google::protobuf::DoubleValue&) {
  return std::make_unique<Opened>();
}

namespace opened {
TOQUE_PLUGIN(MakeOpened);
}

constexpr char kCrossEntropy[] =
    "name: 'nats' loss { [type.googleapis.com/recipe.CrossEntropy] {} }";

// A batch of equal scores of `classes`: a cross-entropy of ln(classes).
void Forward(Hook& hook, toque::Run& run, int64_t examples, int64_t classes) {
  run.batch.index.resize(static_cast<size_t>(examples));
  run.batch.target = at::zeros({examples}, at::kLong);
  run.prediction.output = at::zeros({examples, classes}, at::kDouble);
  run.prediction.output.set_requires_grad(true);
  EXPECT_OK(hook.AfterForward(run));
}

TEST(MeanLossTest, WeighsBatchesByTheirExamples) {
  const auto hook = MakeOrDie<Hook>("recipe.MeanLoss", kCrossEntropy);
  toque::Run run;
  ASSERT_OK(hook->BeforeTraining(run));
  Forward(*hook, run, 3, 2);
  Forward(*hook, run, 1, 4);
  EXPECT_OK(hook->Report(run));
  const double expected = (3 * std::log(2) + std::log(4)) / 4;
  EXPECT_THAT(run.metrics,
              ElementsAre(Pair("nats/train", DoubleNear(expected, 1e-12))));
}

TEST(MeanLossTest, OpensItsLossOnceWithOrWithoutTraining) {
  for (const bool trains : {false, true}) {
    const auto hook =
        MakeOrDie<Hook>("recipe.MeanLoss",
                        "name: 'times' loss { [type.googleapis.com/"
                        "google.protobuf.DoubleValue] {} }");
    toque::Run run;
    if (trains) {
      ASSERT_OK(hook->BeforeTraining(run));
    }
    Forward(*hook, run, 1, 2);
    Forward(*hook, run, 1, 2);
    EXPECT_OK(hook->Report(run));
    EXPECT_THAT(run.metrics, ElementsAre(Pair("times/train", 1)));
  }
}

TEST(MeanLossTest, RefusesAnEvaluationWithoutExamples) {
  const auto hook = MakeOrDie<Hook>("recipe.MeanLoss", kCrossEntropy);
  toque::Run run;
  run.phase = Phase::kEvaluate;
  run.split = "eval";
  EXPECT_THAT(hook->Report(run), FailsWith("nats/eval: no example counts"));
}

TEST(MeanLossTest, PublishesItsName) {
  const auto published =
      MakeOrDie<Hook>("recipe.MeanLoss", kCrossEntropy)->Publishes();
  ASSERT_EQ(published.size(), 1u);
  EXPECT_EQ(published[0].name, "nats");
}

TEST(MeanLossTest, TakesSoftTargetsWhereItsLossDoes) {
  EXPECT_TRUE(
      MakeOrDie<Hook>("recipe.MeanLoss", kCrossEntropy)->TakesSoftTarget());
}

TEST(MeanLossTest, NamesTheOptionsThatAreNotGiven) {
  const auto made = Make<Hook>("recipe.MeanLoss");
  EXPECT_THAT(made, FailsWith("loss must be given"));
  EXPECT_THAT(made, FailsWith("name must be given"));
}

TEST(MeanLossTest, RefusesANameWithASlash) {
  EXPECT_THAT(Make<Hook>("recipe.MeanLoss",
                         "name: 'nats/eval' loss { "
                         "[type.googleapis.com/recipe.CrossEntropy] {} }"),
              FailsWith("name must not be empty and have no slash, got "
                        "\"nats/eval\""));
}

TEST(MeanLossTest, RefusesALossThatIsMoreThanAFunctionOfTheOutput) {
  for (const char* taps : {"false", "true"}) {
    EXPECT_THAT(
        Make<Hook>("recipe.MeanLoss",
                   absl::StrCat("name: 'x' loss { [type.googleapis.com/"
                                "google.protobuf.BoolValue] { value: ",
                                taps, " } }")),
        FailsWith("loss must have no parameters and look at the model's output "
                  "alone, got google.protobuf.BoolValue"));
  }
}

TEST(MeanLossTest, NamesTheLossThatIsAtFault) {
  EXPECT_THAT(
      Make<Hook>("recipe.MeanLoss",
                 "name: 'x' loss { [type.googleapis.com/recipe.CrossEntropy] "
                 "{ weight: -1 } }"),
      FailsWith("here.loss: recipe.CrossEntropy: "));
}

}  // namespace
}  // namespace toque
