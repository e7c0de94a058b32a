#include "framework/inference/features.h"

#include "ATen/Context.h"
#include "ATen/core/grad_mode.h"
#include "ATen/ops/randn.h"
#include "framework/core/model.h"
#include "framework/core/model_access.h"
#include "framework/layers/layers.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

// Counts its calls.
struct Counter : Block {
  at::Tensor Forward(const at::Tensor& input) override {
    ++calls;
    return input;
  }
  int calls = 0;
};

// A convolution whose output is overwritten twice: by a layer, and by the
// model itself.
struct Net : Model {
  at::Tensor Forward(const at::Tensor& input) override {
    at::Tensor maps = (*relu)((*conv)(input));
    maps = (*block)(maps);
    maps.sub_(1);
    maps = (*relu)(maps);
    return (*head)((*tail)(maps).mean({2, 3}));
  }
  std::vector<int64_t> ExampleShape() const override { return {2, 6, 6}; }

  Layer conv = Add("conv", Conv2d({.in = 2, .out = 3, .kernel = 3}));
  Layer relu = Add("relu", Relu(Inplace::kYes));
  Layer block = Add("block", Sequential(BatchNorm2d(3), Dropout(0.5)));
  std::shared_ptr<Counter> tail = Add("tail", std::make_shared<Counter>());
  Layer head = Add("head", Linear(3, 4));
  Layer unused = Add("unused", Relu());
};

class FeaturesTest : public testing::Test {
 protected:
  FeaturesTest() {
    at::manual_seed(0);
    net_ = std::make_shared<Net>();
    input_ = at::randn({5, 2, 6, 6});
  }

  FeatureExtractor ExtractorOf(std::vector<std::string> paths) {
    auto extractor = FeatureExtractor::Create(net_, std::move(paths));
    EXPECT_OK(extractor);
    return *std::move(extractor);
  }

  std::shared_ptr<Net> net_;
  at::Tensor input_;
};

TEST_F(FeaturesTest, AreThoseOfAPartialForwardByHand) {
  FeatureExtractor extractor =
      ExtractorOf({"head", "conv", "block", "block.0", "relu", ""});
  const c10::NoGradGuard no_grad;
  net_->eval();
  const at::Tensor conv = (*net_->conv)(input_).clone();
  const at::Tensor block = (*net_->block)(conv.relu()).clone();
  const at::Tensor relu = block.sub(1).relu();
  const at::Tensor head = (*net_->head)(relu.mean({2, 3}));
  net_->train();
  // The second forward has learnt what is overwritten, and where to end.
  for (int i = 0; i < 3; ++i) {
    const NamedTensors features = extractor.Extract(input_);
    ASSERT_EQ(features.size(), 6u);
    EXPECT_EQ(features[0].first, "head");
    EXPECT_TRUE(features[0].second.equal(head));
    EXPECT_TRUE(features[1].second.equal(conv)) << "overwritten by a layer";
    EXPECT_TRUE(features[2].second.equal(block)) << "overwritten by the model";
    EXPECT_TRUE(features[3].second.equal(block));
    EXPECT_TRUE(features[4].second.equal(relu)) << "the last of two calls";
    EXPECT_TRUE(features[5].second.equal(head)) << "the model itself";
    EXPECT_FALSE(features[0].second.requires_grad());
  }
  EXPECT_TRUE(net_->is_training()) << "the mode is restored";
}

TEST_F(FeaturesTest, EndTheForwardAfterTheLastPart) {
  FeatureExtractor extractor = ExtractorOf({"relu", "conv"});
  extractor.Extract(input_);
  const int calls = net_->tail->calls;
  EXPECT_GT(calls, 0) << "the first forward runs to its end";
  extractor.Extract(input_);
  extractor.Extract(input_);
  EXPECT_EQ(net_->tail->calls, calls);
}

TEST_F(FeaturesTest, AnUnknownPartIsAnErrorWithASuggestion) {
  EXPECT_THAT(FeatureExtractor::Create(net_, {"blok.0", "conv"}),
              FailsWith("must be a part of the model (did you mean "
                        "\"block.0\"?), got blok.0"));
  EXPECT_THAT(FeatureExtractor::Create(net_, {"classifier"}),
              FailsWith("(there are conv, relu, block, block.0, block.1, tail, "
                        "head, unused), got classifier"));
  EXPECT_THAT(FeatureExtractor::Create(net_, {"conv", "conv"}),
              FailsWith("a part must be named once, got conv"));
  EXPECT_THAT(FeatureExtractor::Create(net_, {}),
              FailsWith("a part of the model must be named"));
}

TEST_F(FeaturesTest, APartThatIsNeverCalledThrows) {
  FeatureExtractor extractor = ExtractorOf({"unused"});
  try {
    extractor.Extract(input_);
    FAIL() << "nothing was thrown";
  } catch (const c10::Error& error) {
    EXPECT_STREQ(error.what_without_backtrace(),
                 "the model calls no part \"unused\"");
  }
}

TEST_F(FeaturesTest, AnInputThatDoesNotFitThrowsAndNamesTheLayer) {
  FeatureExtractor extractor = ExtractorOf({"relu"});
  EXPECT_THROW(extractor.Extract(at::randn({1, 3, 6, 6})), LayerError);
  EXPECT_EQ(extractor.Extract(input_)[0].second.sizes(),
            at::IntArrayRef({5, 3, 4, 4}));
}

}  // namespace
}  // namespace toque
