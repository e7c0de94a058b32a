#include "ATen/ops/ones.h"
#include "framework/core/hook.h"
#include "framework/core/model.h"
#include "framework/layers/layers.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

struct Net : Model {
  at::Tensor Forward(const at::Tensor& input) override {
    return (*body)(input);
  }
  std::vector<int64_t> ExampleShape() const override { return {3}; }
  std::string Describe() const override { return "Net"; }
  Layer body = Add("body", Sequential(Linear(3, 2), Relu(Inplace::kYes)));
};

class SnoopTest : public testing::Test {
 protected:
  SnoopTest() {
    run_.model = net_;
    run_.batch = {.input = at::ones({4, 3}),
                  .target = at::ones({4}, at::kLong),
                  .index = {0, 1, 2, 3}};
  }

  // What a forward prints.
  std::string Forward(Hook& hook) {
    testing::internal::CaptureStderr();
    try {
      const ObserverScope scope(hook.Observes(run_));
      run_.loss = (*net_)(run_.batch.input).sum();
      EXPECT_OK(hook.AfterForward(run_));
    } catch (const LayerError&) {
    }
    return testing::internal::GetCapturedStderr();
  }
  std::string FirstForward(const std::string& options) {
    const auto hook = MakeOrDie<Hook>("recipe.Snoop", options);
    EXPECT_OK(hook->BeforeTraining(run_));
    return Forward(*hook);
  }

  std::shared_ptr<Net> net_ = std::make_shared<Net>();
  toque::Run run_;
};

TEST_F(SnoopTest, PrintsWhatGoesInAndComesOut) {
  EXPECT_EQ(FirstForward(""),
            "step 1: input float32 [4, 3] cpu, target int64 [4] cpu\n"
            "model (Net) <- float32 [4, 3] cpu\n"
            "  body (Sequential) <- float32 [4, 3] cpu\n"
            "    body.0 (Linear(3, 2)) <- float32 [4, 3] cpu\n"
            "    body.0 -> float32 [4, 2] cpu, requires grad\n"
            "    body.1 (Relu) <- float32 [4, 2] cpu, requires grad\n"
            "    body.1 -> float32 [4, 2] cpu, requires grad\n"
            "  body -> float32 [4, 2] cpu, requires grad\n"
            "model -> float32 [4, 2] cpu, requires grad\n"
            "loss: float32 [] cpu, requires grad\n");
}

TEST_F(SnoopTest, PrintsTheLayersThatMatchAlone) {
  EXPECT_EQ(FirstForward("match: '1$'"),
            "step 1: input float32 [4, 3] cpu, target int64 [4] cpu\n"
            "    body.1 (Relu) <- float32 [4, 2] cpu, requires grad\n"
            "    body.1 -> float32 [4, 2] cpu, requires grad\n"
            "loss: float32 [] cpu, requires grad\n");
}

TEST_F(SnoopTest, EndsAtTheLayerThatFails) {
  run_.batch.input = at::ones({4, 5});
  const std::string output = FirstForward("");
  EXPECT_TRUE(
      output.ends_with("    body.0 (Linear(3, 2)) <- float32 [4, 5] cpu\n"))
      << output;
}

TEST_F(SnoopTest, PrintsTheFirstStepsOfTrainingAlone) {
  run_.progress.step = 7;
  const auto hook = MakeOrDie<Hook>("recipe.Snoop", "steps: 2");
  ASSERT_OK(hook->BeforeTraining(run_));
  run_.phase = Phase::kEvaluate;
  EXPECT_THAT(Forward(*hook), IsEmpty());
  run_.phase = Phase::kTrain;
  run_.progress.step = 8;
  EXPECT_THAT(Forward(*hook), HasSubstr("step 9: "));
  run_.progress.step = 9;
  EXPECT_THAT(Forward(*hook), IsEmpty());
}

TEST_F(SnoopTest, RefusesAPatternThatMatchesNothing) {
  const auto hook = MakeOrDie<Hook>("recipe.Snoop", "match: 'layer9'");
  EXPECT_THAT(hook->BeforeTraining(run_),
              FailsWith("match must match a part of the model, got layer9"));
}

TEST(SnoopOptionsTest, RefusesBadOptions) {
  EXPECT_THAT(Make<Hook>("recipe.Snoop", "steps: 0"),
              FailsWith("steps must be at least 1, got 0"));
  EXPECT_THAT(Make<Hook>("recipe.Snoop", "match: '('"),
              FailsWith("match must be a regular expression, got ("));
}

}  // namespace
}  // namespace toque
