// Runs that start with the weights of a file.

#include <filesystem>

#include "framework/core/model_access.h"
#include "framework/trainer/checkpoint.h"
#include "tests/end_to_end/small_run.h"

namespace toque {
namespace {

std::string WeightsOf(const std::string& path, const std::string& more = "") {
  return absl::StrCat("weights { file: '", path, "' ", more, " }");
}

class WeightsTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK(RunExperiment(SmallExperiment({"epochs: 1"}), folder_));
  }
  // Of the run above.
  std::string Path() const { return folder_ + "/checkpoints/last.safetensors"; }

  const std::string folder_ = TestFolder();
};

TEST_F(WeightsTest, AreTheModelsAtTheStart) {
  const auto trainer =
      MakeTrainer(SmallExperiment({"seed: 9", WeightsOf(Path())}));
  ASSERT_OK(trainer);
  const auto saved = ReadCheckpoint(Path());
  ASSERT_OK(saved);
  const State model = saved->state.Part("model");
  for (const auto& [name, tensor] : Parameters(*(*trainer)->parts().model)) {
    EXPECT_TRUE(tensor.equal(*model.Get(name))) << name;
  }
}

TEST_F(WeightsTest, NeedNotBeThereWhereACheckpointIsRestored) {
  const std::string file = folder_ + "/start.safetensors";
  std::filesystem::copy_file(Path(), file);
  const Experiment experiment = SmallExperiment({WeightsOf(file)});
  const auto checkpoint = ReadCheckpoint(Path());
  ASSERT_OK(checkpoint);
  std::filesystem::remove(file);
  TrainerOptions options;
  EXPECT_THAT(Trainer::Create(experiment, Context(), options),
              FailsWith("weights: " + file + ": can't be read"));
  options.restored = true;
  const auto trainer = Trainer::Create(experiment, Context(), options);
  ASSERT_OK(trainer);
  EXPECT_OK((*trainer)->Resume(*checkpoint));
}

TEST_F(WeightsTest, OfAnotherModelAreAnErrorWithItsPlace) {
  EXPECT_THAT(MakeTrainer(SmallExperiment({WeightsOf(
                  Path(), "rename { match: 'bias$' replace: 'b' }")})),
              FailsWith("weights: " + Path() + ": \""));
  EXPECT_THAT(MakeTrainer(SmallExperiment({WeightsOf("", "except: '('")})),
              FailsWith("weights: file must be given"));
}

}  // namespace
}  // namespace toque
