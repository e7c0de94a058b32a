#include <cmath>
#include <limits>

#include "ATen/ops/ones.h"
#include "framework/core/hook.h"
#include "framework/core/model.h"
#include "framework/layers/layers.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

// sqrt(x), whose gradient at 0 is infinite.
struct Root : Block {
  at::Tensor Forward(const at::Tensor& input) override { return input.sqrt(); }
  std::string Describe() const override { return "Root"; }
};

// [N, 3] to [N, 1]: a linear layer without bias, root, a linear layer.
struct Net : Model {
  at::Tensor Forward(const at::Tensor& input) override {
    return (*last)((*root)((*first)(input)));
  }
  std::vector<int64_t> ExampleShape() const override { return {3}; }
  std::string Describe() const override { return "Net"; }

  Layer first = Add("first", Linear(3, 2, Bias::kNo));
  Layer root = Add("root", std::make_shared<Root>());
  Layer last = Add("last", Linear(2, 1));
};

class NanTraceTest : public testing::Test {
 protected:
  NanTraceTest() {
    run_.model = net_;
    for (const auto& item : net_->named_parameters()) {
      at::Tensor parameter = item.value();
      parameter.detach().fill_(1);
      run_.groups.push_back(
          {.name = item.key(), .parameters = {{item.key(), parameter}}});
    }
    run_.batch = {.input = at::ones({4, 3}), .index = {10, 11, 12, 13}};
  }

  // A forward and a backward of a training step; the first error.
  absl::Status Step(const std::string& options = "") {
    const auto hook = MakeOrDie<Hook>("recipe.NanTrace", options);
    return Step(*hook);
  }
  absl::Status Step(Hook& hook) {
    {
      const ObserverScope scope(hook.Observes(run_));
      run_.prediction.output = (*net_)(run_.batch.input);
    }
    run_.loss = run_.prediction.output.sum().mul(scale_);
    RETURN_IF_ERROR(hook.AfterForward(run_));
    run_.loss.backward();
    return hook.AfterBackward(run_);
  }

  std::shared_ptr<Net> net_ = std::make_shared<Net>();
  toque::Run run_;
  double scale_ = 1;
};

TEST_F(NanTraceTest, AcceptsWhatIsFinite) { EXPECT_OK(Step()); }

TEST_F(NanTraceTest, NamesTheFirstLayerAndTheFirstExample) {
  run_.batch.input[2].fill_(-1);
  run_.batch.input[3].fill_(-1);
  EXPECT_THAT(Step(), FailsWith("the output of root (Root) must be finite, got "
                                "4 NaN and 0 infinite of 8 values, first at "
                                "example 12"));
}

TEST_F(NanTraceTest, NamesALayerWhoseOwnWeightIsNotFinite) {
  run_.groups[0].parameters[0].second.detach()[0][0] =
      std::numeric_limits<float>::infinity();
  EXPECT_THAT(Step(), FailsWith("the output of first (Linear(3, 2)) must be "
                                "finite, got 0 NaN and 4 infinite of 8"));
}

TEST_F(NanTraceTest, NamesTheLossWhereAllLayersAreFinite) {
  scale_ = NAN;
  EXPECT_THAT(Step(), FailsWith("the loss must be finite, got 1 NaN"));
}

TEST_F(NanTraceTest, NamesTheLayerWhoseOutputsGradientIsNotFinite) {
  run_.batch.input[1].fill_(0);
  // The root's own output has a finite gradient, that of what it takes hasn't.
  EXPECT_THAT(Step(),
              FailsWith("the gradient of the output of first (Linear(3, 2)) "
                        "must be finite, got 0 NaN and 2 infinite of 8 values, "
                        "first at example 11"));
}

TEST_F(NanTraceTest, LeavesGradientsAloneWhereAskedTo) {
  run_.batch.input[1].fill_(0);
  EXPECT_OK(Step("watch: OUTPUTS"));
}

TEST_F(NanTraceTest, NamesAParameterWhereNoLayerIsAtFault) {
  const auto hook = MakeOrDie<Hook>("recipe.NanTrace");
  ASSERT_OK(Step(*hook));
  run_.groups[0].parameters[0].second.mutable_grad()[0][0] = NAN;
  EXPECT_THAT(hook->AfterBackward(run_),
              FailsWith("the gradient of first.weight must be finite, got 1 "
                        "NaN and 0 infinite of 6 values"));
}

// The weight [2, 3] is none of a batch of 2 examples.
TEST_F(NanTraceTest, NamesNoExampleForAParameter) {
  run_.batch = {.input = at::ones({2, 3}), .index = {10, 11}};
  const auto hook = MakeOrDie<Hook>("recipe.NanTrace");
  ASSERT_OK(Step(*hook));
  run_.groups[0].parameters[0].second.mutable_grad()[0][0] = NAN;
  const absl::Status status = hook->AfterBackward(run_);
  EXPECT_THAT(status, FailsWith("the gradient of first.weight must be finite"));
  EXPECT_THAT(status, testing::Not(FailsWith("first at example")));
}

TEST_F(NanTraceTest, LooksAtEverySoManyTrainingSteps) {
  const auto hook = MakeOrDie<Hook>("recipe.NanTrace", "every_steps: 3");
  EXPECT_NE(hook->Observes(run_), nullptr);
  run_.progress.step = 2;
  EXPECT_EQ(hook->Observes(run_), nullptr);
  run_.progress.step = 3;
  EXPECT_NE(hook->Observes(run_), nullptr);
  run_.phase = Phase::kEvaluate;
  EXPECT_EQ(hook->Observes(run_), nullptr);
}

TEST(NanTraceOptionsTest, RefusesOptionsOutOfRange) {
  EXPECT_THAT(Make<Hook>("recipe.NanTrace", "every_steps: 0"),
              FailsWith("every_steps must be at least 1, got 0"));
}

}  // namespace
}  // namespace toque
