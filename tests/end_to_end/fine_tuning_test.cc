// Fine-tuning (recipes R76, R77): weights from elsewhere, a new head, what is
// frozen, and rates by group.

#include "ATen/core/Tensor.h"
#include "framework/core/model_access.h"
#include "framework/weights/safetensors.h"
#include "tests/end_to_end/small_run.h"

namespace toque {
namespace {

constexpr char kExperiment[] =
    "model { [type.googleapis.com/recipe.CifarResNet] { depth: 8 classes: 3 } "
    "} train { dataset { [type.googleapis.com/recipe.Synthetic] { kind: IMAGES "
    "shape: [3, 12, 12] } } } eval { dataset { "
    "[type.googleapis.com/recipe.Synthetic] { kind: IMAGES shape: [3, 12, 12] "
    "} } } steps: 4";
constexpr char kFrozen[] =
    "param_group { name: 'body' match: '^(?!linear)' frozen: true }";

NamedTensors TensorsOf(const Model& model) {
  NamedTensors tensors = Parameters(model);
  for (const auto& buffer : Buffers(model)) tensors.push_back(buffer);
  return tensors;
}

class FineTuningTest : public testing::Test {
 protected:
  // The same net for ten classes, as another training left it.
  FineTuningTest() {
    const auto model =
        MakeOrDie<Model>("recipe.CifarResNet", "depth: 8 classes: 10");
    for (const auto& [name, tensor] : TensorsOf(*model)) {
      elsewhere_.Set(name, tensor.detach().mul(2));
    }
    EXPECT_OK(WriteSafetensors(path_, elsewhere_));
  }

  std::string WeightsText(const std::string& except) const {
    return absl::StrCat("weights { file: '", path_, "' ", except, " }");
  }
  // Trained for four steps.
  std::unique_ptr<Trainer> Trained(std::vector<std::string> changes) const {
    changes.insert(changes.begin(),
                   {kExperiment, WeightsText("except: '^linear'")});
    auto trainer = MakeTrainer(SmallExperiment(changes));
    EXPECT_OK(trainer);
    for (const auto& [name, tensor] : TensorsOf(*(*trainer)->run().model)) {
      begun_.Set(name, tensor.detach().clone());
    }
    EXPECT_OK((*trainer)->Train());
    return *std::move(trainer);
  }
  // The names that differ between a state and a model.
  static std::vector<std::string> Changed(const State& state,
                                          const Model& model) {
    std::vector<std::string> changed;
    for (const auto& [name, tensor] : TensorsOf(model)) {
      if (!tensor.equal(*state.Get(name))) changed.push_back(name);
    }
    return changed;
  }

  const std::string path_ = TestFolder() + "/elsewhere.safetensors";
  State elsewhere_;
  mutable State begun_;
};

TEST_F(FineTuningTest, TheNewHeadAloneIsTrainedWhereTheBodyIsFrozen) {
  const auto trainer = Trained({kFrozen});
  const Model& model = *trainer->run().model;
  for (const auto& [name, tensor] : TensorsOf(model)) {
    if (name.starts_with("linear.")) continue;
    EXPECT_TRUE(tensor.equal(*elsewhere_.Get(name))) << name;
  }
  EXPECT_THAT(Changed(begun_, model),
              testing::ElementsAre("linear.weight", "linear.bias"));
}

TEST_F(FineTuningTest, StatisticsOfTheFrozenBodyMoveWhereAsked) {
  const auto trainer = Trained({kFrozen, "frozen_statistics: MOVING"});
  const auto changed = Changed(begun_, *trainer->run().model);
  EXPECT_THAT(changed, testing::Contains("bn1.running_mean"));
  EXPECT_THAT(changed, testing::Contains("layer3.0.bn2.running_var"));
  EXPECT_THAT(changed, testing::Not(testing::Contains("conv1.weight")));
}

TEST_F(FineTuningTest, TheHeadLearnsAtItsOwnRate) {
  const auto trainer = Trained(
      {"param_group { name: 'head' match: '^linear' lr_scale: 10 } remove: "
       "'recipe.LinearDecay'"});
  const std::vector<Group>& groups = trainer->run().groups;
  ASSERT_EQ(groups.size(), 2u);
  EXPECT_DOUBLE_EQ(groups[0].lr, 0.1);
  EXPECT_DOUBLE_EQ(groups[1].lr, 1);
  EXPECT_EQ(groups[1].parameters.size(), 2u);
  EXPECT_EQ(groups[0].parameters.size() + 2,
            Parameters(*trainer->run().model).size());
}

TEST_F(FineTuningTest, AHeadOfAnotherShapeIsAnErrorThatNamesIt) {
  const auto trainer =
      MakeTrainer(SmallExperiment({kExperiment, WeightsText("")}));
  EXPECT_THAT(trainer, FailsWith("linear.weight"));
  EXPECT_THAT(trainer, FailsWith("elsewhere.safetensors"));
}

}  // namespace
}  // namespace toque
