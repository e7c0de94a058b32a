#include "framework/inference/model_parts.h"

#include "ATen/ops/full.h"
#include "ATen/ops/ones.h"
#include "framework/core/model.h"
#include "framework/layers/layers.h"
#include "framework/layers/running_stat.h"
#include "framework/testing/tensor_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace toque {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Layer Conv(int64_t in, int64_t out) {
  return Conv2d({.in = in, .out = out, .kernel = 3, .padding = 1});
}

struct Net : Model {
  at::Tensor Forward(const at::Tensor& input) override {
    return (*head)((*body)((*stem)(input)).mean({2, 3}));
  }
  std::vector<int64_t> ExampleShape() const override { return {1, 8, 8}; }

  Layer stem = Add("stem", Sequential(Conv(1, 4), Relu()));
  Layer shared = Conv(4, 4);
  Layer body = Add("body", NamedSequential({{"first", shared},
                                            {"inner", Sequential(Conv(4, 4))},
                                            {"again", shared}}));
  Layer head = Add("head", Linear(4, 3));
};

std::vector<std::string> PathsOf(const NamedLayers& parts) {
  std::vector<std::string> paths;
  for (const auto& [path, part] : parts) paths.push_back(path);
  return paths;
}

TEST(FindModulesTest, FindsATypeAtEveryDepthInOrderAndSharedOnesOnce) {
  const auto net = std::make_shared<Net>();
  const NamedLayers convolutions = FindModules(*net, "Conv2d");
  EXPECT_THAT(PathsOf(convolutions),
              ElementsAre("stem.0", "body.first", "body.inner.0"));
  EXPECT_EQ(convolutions[1].second, net->shared);
}

TEST(FindModulesTest, TakesTheWholeNameOfAType) {
  const auto net = std::make_shared<Net>();
  EXPECT_THAT(PathsOf(FindModules(*net, "Linear")), ElementsAre("head"));
  EXPECT_THAT(PathsOf(FindModules(*net, "Relu")), ElementsAre("stem.1"));
  EXPECT_THAT(FindModules(*net, "Conv"), IsEmpty());
}

TEST(FindModulesTest, TakesAnyRule) {
  const auto net = std::make_shared<Net>();
  const auto below_body = [](std::string_view path, const Block&) {
    return path.starts_with("body.");
  };
  EXPECT_THAT(PathsOf(FindModules(*net, below_body)),
              ElementsAre("body.first", "body.inner", "body.inner.0"));
}

TEST(FindModulesTest, FindsAClassOfItsOwn) {
  const Layer stat = std::make_shared<RunningStat>(
      RunningStatOptions(), [](const at::Tensor& x) { return x.mean(); });
  const Layer layer = Sequential(Relu(), stat);
  const NamedLayers found = FindModules<RunningStat>(*layer);
  EXPECT_THAT(PathsOf(found), ElementsAre("1"));
  EXPECT_EQ(found[0].second, stat);
}

TEST(SliceChildrenTest, IsTheBeginningOfTheModel) {
  const auto net = std::make_shared<Net>();
  const at::Tensor input = at::ones({2, 1, 8, 8});
  const Layer slice = SliceChildren(*net, 0, 2);
  EXPECT_THAT((*slice)(input), TensorEq((*net->body)((*net->stem)(input))));
  EXPECT_THAT((*SliceChildren(*net, 2, 3))(at::ones({2, 4})),
              TensorEq((*net->head)(at::ones({2, 4}))));
}

TEST(SliceChildrenTest, SharesTheWeightsUnderTheirNames) {
  const auto net = std::make_shared<Net>();
  const Layer slice = SliceChildren(*net, 1, 3);
  const auto parameters = slice->named_parameters();
  EXPECT_TRUE(
      parameters["head.bias"].is_same(net->named_parameters()["head.bias"]));
  EXPECT_TRUE(parameters["body.inner.0.weight"].is_same(
      net->named_parameters()["body.inner.0.weight"]));
  net->named_parameters()["head.bias"].detach().fill_(7);
  EXPECT_THAT(parameters["head.bias"], TensorEq(at::full({3}, 7.f)));
}

std::string Fault(const Block& model, int64_t begin, int64_t end) {
  try {
    SliceChildren(model, begin, end);
  } catch (const c10::Error& error) {
    return error.what_without_backtrace();
  }
  return "";
}

TEST(SliceChildrenTest, RefusesWhatIsNoPartOfTheChildren) {
  const auto net = std::make_shared<Net>();
  EXPECT_EQ(Fault(*net, 0, 4),
            "begin and end must be a part of the 3 children, got 0 and 4");
  EXPECT_THAT(Fault(*net, -1, 2), HasSubstr("got -1 and 2"));
  EXPECT_THAT(Fault(*net, 2, 2), HasSubstr("got 2 and 2"));
  EXPECT_THAT(Fault(*net, 2, 1), HasSubstr("got 2 and 1"));
}

}  // namespace
}  // namespace toque
