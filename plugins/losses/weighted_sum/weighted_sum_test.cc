#include "ATen/ops/full.h"
#include "ATen/ops/tensor.h"
#include "framework/core/check_shape.h"
#include "framework/core/loss.h"
#include "framework/testing/testing.h"
#include "google/protobuf/wrappers.pb.h"

namespace toque {
namespace {

using testing::ElementsAre;

// A loss with a parameter, that wants to see the parts of the model its options
// name: (output - target)^2 times the parameter. A part "nothing" can't be
// opened.
struct Scaled : Loss {
  absl::Status Open(const Context&) override {
    return tap == "nothing" ? Invalid("must be something") : absl::OkStatus();
  }
  at::Tensor Compute(const Prediction& prediction,
                     const Batch& batch) override {
    CHECK_SAME_SHAPE(prediction.output, batch.target);
    return (prediction.output.sub(batch.target).square().mean()).mul(scale);
  }
  NamedTensors Parameters() override { return {{"scale", scale}}; }
  std::vector<std::string> Taps() const override { return {tap}; }

  at::Tensor scale = at::full({}, 3.0, at::kDouble);
  std::string tap;
};

Made<Loss> MakeScaled(const google::protobuf::StringValue& options) {
  auto loss = std::make_unique<Scaled>();
  loss->tap = options.value();
  return loss;
}

TOQUE_PLUGIN(MakeScaled);

// term { weight: ... loss { ... } }
std::string Term(std::string_view fields, std::string_view loss) {
  return absl::StrCat("term { ", View(fields), " loss { [type.googleapis.com/",
                      View(loss), " } }");
}
std::string MseTerm(std::string_view weight) {
  return Term(weight, "recipe.Mse] {}");
}
std::string ScaledTerm(std::string_view tap) {
  return Term("", absl::StrCat("google.protobuf.StringValue] { value: \"",
                               View(tap), "\" }"));
}

// The losses see a mean squared difference of 4.
at::Tensor Compute(const std::string& options) {
  const auto loss = MakeOrDie<Loss>("recipe.WeightedSum", options);
  return loss->Compute({.output = at::tensor({1., 3.})},
                       {.target = at::tensor({3., 1.})});
}

TEST(WeightedSumTest, AddsLossesTimesTheirWeights) {
  EXPECT_EQ(Compute(MseTerm("")).item<double>(), 4);
  EXPECT_EQ(Compute(MseTerm("") + MseTerm("weight: 0.5")).item<double>(), 6);
  EXPECT_EQ(Compute(MseTerm("weight: -1") + ScaledTerm("a")).item<double>(), 8);
}

TEST(WeightedSumTest, HasTheParametersOfItsLossesUnderTheNamesOfTheirTerms) {
  const auto loss = MakeOrDie<Loss>(
      "recipe.WeightedSum", ScaledTerm("a") + MseTerm("") + ScaledTerm("b"));
  std::vector<std::string> names;
  for (auto& [name, parameter] : loss->Parameters()) {
    names.push_back(name);
    parameter.fill_(1);  // the losses' own, not copies
  }
  EXPECT_THAT(names, ElementsAre("term0.scale", "term2.scale"));
  const at::Tensor sum = loss->Compute({.output = at::tensor({1., 3.})},
                                       {.target = at::tensor({3., 1.})});
  EXPECT_EQ(sum.item<double>(), 12);
}

TEST(WeightedSumTest, WantsToSeeWhatItsLossesDoOnce) {
  const auto loss = MakeOrDie<Loss>(
      "recipe.WeightedSum",
      ScaledTerm("fc7") + ScaledTerm("layer1.0") + ScaledTerm("fc7"));
  EXPECT_THAT(loss->Taps(), ElementsAre("fc7", "layer1.0"));
}

TEST(WeightedSumTest, TakesASoftTargetWhereAllItsLossesDo) {
  const auto takes = [](const std::string& terms) {
    return MakeOrDie<Loss>("recipe.WeightedSum", terms)->TakesSoftTarget();
  };
  EXPECT_TRUE(takes(MseTerm("") + MseTerm("weight: 2")));
  EXPECT_FALSE(takes(MseTerm("") + ScaledTerm("a")));
}

TEST(WeightedSumTest, OpensItsLossesAndNamesTheTermThatCannotBe) {
  const Context loss = Context().At("loss");
  EXPECT_OK(MakeOrDie<Loss>("recipe.WeightedSum", ScaledTerm("a"))->Open(loss));
  EXPECT_THAT(
      MakeOrDie<Loss>("recipe.WeightedSum", MseTerm("") + ScaledTerm("nothing"))
          ->Open(loss),
      FailsWith("loss.term[1].loss: google.protobuf.StringValue: must "
                "be something"));
}

TEST(WeightedSumTest, RefusesAnEmptySum) {
  EXPECT_THAT(Make<Loss>("recipe.WeightedSum"),
              FailsWith("here: recipe.WeightedSum: needs at least one term"));
}

TEST(WeightedSumTest, RefusesAWeightThatIsNotFinite) {
  EXPECT_THAT(
      Make<Loss>("recipe.WeightedSum", MseTerm("") + MseTerm("weight: inf")),
      FailsWith("term[1].weight must be finite, got inf"));
}

TEST(WeightedSumTest, NamesTheTermOfALossThatCannotBeMade) {
  EXPECT_THAT(Make<Loss>("recipe.WeightedSum", MseTerm("") + "term {}"),
              FailsWith("here.term[1].loss: needs a loss"));
}

}  // namespace
}  // namespace toque
