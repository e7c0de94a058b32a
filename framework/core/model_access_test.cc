#include "framework/core/model_access.h"

#include <string>

#include "ATen/core/grad_mode.h"
#include "ATen/ops/full.h"
#include "ATen/ops/ones.h"
#include "framework/core/model.h"
#include "framework/layers/layers.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::ElementsAre;

struct Net : Model {
  at::Tensor Forward(const at::Tensor& input) override {
    return (*head)((*body)(input).mean({2, 3}));
  }
  std::vector<int64_t> ExampleShape() const override { return {2, 4, 4}; }

  Layer body = Add("body", Sequential(Conv2d({.in = 2, .out = 3, .kernel = 3}),
                                      BatchNorm2d(3), Dropout(0.5)));
  Layer head = Add("head", Sequential(Linear(3, 3), BatchNorm1d(3)));
  Layer unused = Add("unused", Relu());
};

class ModelAccessTest : public testing::Test {
 protected:
  at::Tensor Buffer(const std::string& name) {
    return net_->named_buffers()[name];
  }
  void FreezeBody() {
    for (const auto& [name, parameter] : Parameters(*net_)) {
      if (name.starts_with("body")) parameter.requires_grad_(false);
    }
  }

  std::shared_ptr<Net> net_ = std::make_shared<Net>();
  at::Tensor input_ = at::ones({2, 2, 4, 4});
  std::map<std::string, at::Tensor> outputs_;
};

TEST_F(ModelAccessTest, PathsAreThoseOfAllParts) {
  EXPECT_THAT(BlockPaths(*net_),
              ElementsAre("body", "body.0", "body.1", "body.2", "head",
                          "head.0", "head.1", "unused"));
}

TEST_F(ModelAccessTest, TapsGiveTheOutputsOfParts) {
  const ModeScope evaluation(*net_, /*training=*/false);
  const at::Tensor output =
      Predict(*net_, input_, {"body.0", "head"}, &outputs_);
  ASSERT_EQ(outputs_.size(), 2u);
  EXPECT_TRUE(outputs_["head"].is_same(output));
  EXPECT_EQ(outputs_["body.0"].sizes(), at::IntArrayRef({2, 3, 2, 2}));
  EXPECT_TRUE(outputs_["body.0"].requires_grad());
  EXPECT_TRUE(output.equal(Predict(*net_, input_)));
}

TEST_F(ModelAccessTest, ATapOfAPartThatIsNotCalledIsAnError) {
  try {
    Predict(*net_, input_, {"unused"}, &outputs_);
    FAIL() << "nothing was thrown";
  } catch (const c10::Error& error) {
    EXPECT_STREQ(error.what_without_backtrace(),
                 "the model calls no part \"unused\"");
  }
}

TEST_F(ModelAccessTest, ATapInsideARecomputedPartIsAnErrorWithGradients) {
  ASSERT_OK(MarkRecompute(*net_, {"body"}));
  Predict(*net_, input_, {"body"}, &outputs_);
  EXPECT_TRUE(outputs_["body"].requires_grad());
  EXPECT_THROW(Predict(*net_, input_, {"body.0"}, &outputs_), LayerError);
  const at::NoGradGuard no_grad;
  Predict(*net_, input_, {"body.0"}, &outputs_);
  EXPECT_TRUE(outputs_["body.0"].defined());
}

TEST_F(ModelAccessTest, RecomputedPartsCountABatchOnce) {
  ASSERT_OK(MarkRecompute(*net_, {"^body$", "1$"}));
  Predict(*net_, at::ones({3, 2, 4, 4}).requires_grad_()).sum().backward();
  EXPECT_EQ(Buffer("body.1.num_batches_tracked").item<int64_t>(), 1);
  EXPECT_EQ(Buffer("head.1.num_batches_tracked").item<int64_t>(), 1);
}

TEST_F(ModelAccessTest, APatternToRecomputeMustMatchAPart) {
  EXPECT_THAT(MarkRecompute(*net_, {"body", "layer1"}),
              FailsWith("recompute[1]: must match a part of the model (there "
                        "are body, body.0, body.1, body.2, head, head.0, "
                        "head.1, unused), got layer1"));
  EXPECT_THAT(MarkRecompute(*net_, {"("}),
              FailsWith("recompute[0]: must be a regular expression, got ("));
}

TEST_F(ModelAccessTest, FrozenPartsStandStillWhole) {
  FreezeBody();
  SetTraining(*net_, true);
  FreezeStatistics(*net_);
  EXPECT_TRUE(net_->is_training());
  EXPECT_FALSE(net_->body->is_training());
  for (const auto& part : net_->body->children()) {
    EXPECT_FALSE(part->is_training());
  }
  for (const auto& part : net_->head->modules()) {
    EXPECT_TRUE(part->is_training());
  }
}

TEST_F(ModelAccessTest, StatisticsAreRecomputedAsPlainAverages) {
  Predict(*net_, at::full({2, 2, 4, 4}, 100.0f));
  const at::Tensor bias = net_->named_parameters()["body.0.bias"].detach();
  const at::Tensor sums =
      net_->named_parameters()["body.0.weight"].detach().sum({1, 2, 3});
  EXPECT_OK(RecomputeStatistics(*net_, [this] {
    EXPECT_FALSE(at::GradMode::is_enabled());
    for (const float value : {1.0f, 2.0f, 6.0f}) {
      Predict(*net_, at::full({2, 2, 4, 4}, value));
    }
    return absl::OkStatus();
  }));
  EXPECT_TRUE(Buffer("body.1.running_mean")
                  .allclose(sums.mul(3).add(bias), 1e-4, 1e-5));
  EXPECT_TRUE(Buffer("body.1.running_var").lt(1e-5).all().item<bool>());
  // And moves on by momentum 0.1.
  const at::Tensor before = Buffer("body.1.running_mean").clone();
  Predict(*net_, at::full({2, 2, 4, 4}, 13.0f));
  EXPECT_TRUE(
      Buffer("body.1.running_mean").allclose(before.add(sums), 1e-4, 1e-5));
}

TEST_F(ModelAccessTest, StatisticsOfPartsInEvaluationAreLeftAlone) {
  FreezeBody();
  FreezeStatistics(*net_);
  EXPECT_THAT(RecomputeStatistics(*net_,
                                  [this] {
                                    Predict(*net_, input_.mul(5));
                                    return absl::CancelledError("enough");
                                  }),
              FailsWith("enough"));
  EXPECT_EQ(Buffer("body.1.running_var")[0].item<float>(), 1);
  EXPECT_EQ(Buffer("body.1.num_batches_tracked").item<int64_t>(), 0);
  EXPECT_EQ(Buffer("head.1.num_batches_tracked").item<int64_t>(), 1);
}

TEST_F(ModelAccessTest, ChannelsLastLaysOutKernelsAndGivesTheSame) {
  const ModeScope evaluation(*net_, /*training=*/false);
  const at::Tensor before = Predict(*net_, input_);
  const NamedTensors parameters = Parameters(*net_);
  ToMemoryFormat(*net_, at::MemoryFormat::ChannelsLast);
  EXPECT_TRUE(
      parameters[0].second.is_contiguous(at::MemoryFormat::ChannelsLast));
  EXPECT_TRUE(parameters[0].second.requires_grad());
  const at::Tensor after =
      Predict(*net_, input_.contiguous(at::MemoryFormat::ChannelsLast));
  EXPECT_TRUE(after.allclose(before, 1e-5, 1e-6));
  ToMemoryFormat(*net_, at::MemoryFormat::Contiguous);
  EXPECT_TRUE(parameters[0].second.is_contiguous());
}

}  // namespace
}  // namespace toque
