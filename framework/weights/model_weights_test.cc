#include "framework/weights/model_weights.h"

#include "ATen/ops/full.h"
#include "ATen/ops/ones.h"
#include "framework/core/model.h"
#include "framework/core/model_access.h"
#include "framework/testing/testing.h"
#include "framework/testing/tiny_model.h"
#include "framework/weights/safetensors.h"

namespace toque {
namespace {

// Weights of 2 and biases of 3 for a tiny model, under names with that prefix.
State Saved(const std::string& prefix) {
  State state;
  state.Set(prefix + "linear.weight", at::full({3, 4}, 2.0));
  state.Set(prefix + "linear.bias", at::full({3}, 3.0));
  return state;
}

class ModelWeightsTest : public testing::Test {
 protected:
  absl::Status Load(const State& state, const Metadata& metadata = {}) {
    const std::string path = TestFolder() + "/weights.safetensors";
    EXPECT_OK(WriteSafetensors(path, state, metadata));
    return LoadWeights(path, *model_);
  }
  void ExpectSaved() {
    // 2 * 4 + 3.
    EXPECT_TRUE(
        Predict(*model_, at::ones({1, 4})).equal(at::full({1, 3}, 11.)));
  }

  std::shared_ptr<Model> model_ = MakeTinyModel(4, 3);
};

TEST_F(ModelWeightsTest, LoadsTensorsUnderTheirPlainNames) {
  EXPECT_OK(Load(Saved("")));
  ExpectSaved();
}

TEST_F(ModelWeightsTest, LoadsTheModelOfACheckpoint) {
  State checkpoint = Saved("model.");
  checkpoint.SetInteger("progress.step", 7);
  checkpoint.Set("optimizer.step.linear.bias", at::ones({}));
  EXPECT_OK(Load(checkpoint, {{"format", "toque/1"}}));
  ExpectSaved();
}

TEST_F(ModelWeightsTest, ConvertsToTheTypeOfTheModel) {
  State state = Saved("");
  state.Set("linear.bias", at::full({3}, 3.0, at::kDouble));
  EXPECT_OK(Load(state));
  ExpectSaved();
}

TEST_F(ModelWeightsTest, TakesBothNamesOfATiedTensor) {
  model_->register_parameter("tied", model_->named_parameters()["linear.bias"]);
  EXPECT_OK(Load(Saved("")));
  ExpectSaved();
  State state = Saved("");
  state.Set("tied", at::full({3}, 3.0));
  EXPECT_OK(Load(state));
  ExpectSaved();
}

TEST_F(ModelWeightsTest, NamesWhatIsMissing) {
  State state;
  state.Set("linear.weight", at::ones({3, 4}));
  EXPECT_THAT(Load(state),
              FailsWith("weights.safetensors: \"linear.bias\" is missing"));
}

TEST_F(ModelWeightsTest, NamesWhatHasAnotherShape) {
  State state = Saved("");
  state.Set("linear.bias", at::ones({5}));
  EXPECT_THAT(Load(state), FailsWith("\"linear.bias\" must have the model's "
                                     "shape [3], got [5]"));
}

TEST_F(ModelWeightsTest, NamesWhatIsNotTheModels) {
  State state = Saved("");
  state.Set("second.weight", at::ones({1}));
  EXPECT_THAT(Load(state),
              FailsWith("\"second.weight\" is not a tensor of the model"));
}

TEST_F(ModelWeightsTest, LoadsAFileInTheDataFolderAsTheOptionsAsk) {
  const std::string folder = TestFolder();
  EXPECT_OK(WriteSafetensors(folder + "/old.safetensors", Saved("net.")));
  Weights options;
  options.set_file("old.safetensors");
  options.set_strip_prefix("net.");
  const auto report =
      LoadWeights(options, Context().WithDataFolder(folder), *model_);
  ASSERT_OK(report);
  EXPECT_EQ(report->Text(), "loaded 2 tensors");
  ExpectSaved();
  options.set_file("unknown");
  EXPECT_THAT(LoadWeights(options, Context(), *model_),
              FailsWith("no weights of the name \"unknown\" come with this "
                        "program"));
}

TEST_F(ModelWeightsTest, LeavesTheModelAsItWasWhereTheFileDoesNotFit) {
  const at::Tensor before = Predict(*model_, at::ones({1, 4})).detach();
  State state = Saved("");
  state.Set("linear.weight", at::ones({5}));
  EXPECT_THAT(Load(state), testing::Not(IsOk()));
  EXPECT_TRUE(Predict(*model_, at::ones({1, 4})).equal(before));
}

}  // namespace
}  // namespace toque
