#include <filesystem>
#include <fstream>

#include "ATen/ops/ones.h"
#include "framework/core/hook.h"
#include "framework/core/model.h"
#include "framework/core/model_access.h"
#include "framework/layers/layers.h"
#include "framework/testing/testing.h"
#include "nlohmann/json.hpp"

namespace toque {
namespace {

using testing::HasSubstr;

struct Net : Model {
  at::Tensor Forward(const at::Tensor& input) override {
    return (*head)((*stem)(input));
  }
  std::vector<int64_t> ExampleShape() const override { return {3}; }
  Layer stem = Add("stem", Linear(3, 4));
  Layer head = Add("head", Sequential(Relu(), Linear(4, 2)));
};

class ProfileTest : public testing::Test {
 protected:
  ProfileTest() {
    run_.model = std::make_shared<Net>();
    run_.folder = TestFolder();
  }

  // What a run of `steps` prints.
  std::string Train(const std::string& options, int steps) {
    const auto hook = MakeOrDie<Hook>("recipe.Profile", options);
    run_.progress.total_steps = steps;
    testing::internal::CaptureStderr();
    EXPECT_OK(hook->BeforeTraining(run_));
    for (int i = 0; i < steps; ++i) {
      {
        Observer* const observer = hook->Observes(run_);
        observed_ += observer != nullptr;
        const ObserverScope scope(observer);
        run_.loss = Predict(*run_.model, at::ones({5, 3})).sum();
      }
      run_.loss.backward();
      ++run_.progress.step;
      EXPECT_OK(hook->AfterStep(run_));
    }
    EXPECT_OK(hook->AfterTraining(run_));
    return testing::internal::GetCapturedStderr();
  }
  std::string File(const std::string& name) const {
    return run_.folder + "/profile/" + name;
  }

  toque::Run run_;
  int observed_ = 0;
};

TEST_F(ProfileTest, NamesOperatorsAndLayers) {
  const std::string table = Train("first: 2 steps: 2 rows: 200", 5);
  EXPECT_EQ(observed_, 2);
  for (const char* name : {"aten::linear ", "aten::relu ", "stem ", "head.1 ",
                           "model ", "AddmmBackward0 "}) {
    EXPECT_THAT(table, HasSubstr(name));
  }
  std::ifstream file(File("steps_2-3.txt"));
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(text, table);
}

TEST_F(ProfileTest, WritesATraceThatHoldsEveryCall) {
  Train("first: 1 steps: 2", 2);
  std::ifstream file(File("steps_1-2.json"));
  const auto trace = nlohmann::json::parse(file);
  int stems = 0;
  for (const auto& event : trace["traceEvents"]) {
    stems += event.value("name", "") == "stem";
  }
  EXPECT_EQ(stems, 2);
}

TEST_F(ProfileTest, EndsWithTheRun) {
  EXPECT_THAT(Train("first: 2 steps: 100", 3), HasSubstr("aten::relu"));
  EXPECT_TRUE(std::filesystem::exists(File("steps_2-3.json")));
}

TEST_F(ProfileTest, RefusesARunThatEndsBefore) {
  run_.progress.total_steps = 3;
  const auto hook = MakeOrDie<Hook>("recipe.Profile", "first: 9");
  EXPECT_THAT(hook->BeforeTraining(run_),
              FailsWith("first must be at most the run's 3 steps, got 9"));
}

// The default of 3 steps is only warned of.
TEST_F(ProfileTest, DoesNothingInARunThatIsShorterThanTheDefault) {
  Train("", 2);
  EXPECT_EQ(observed_, 0);
  EXPECT_FALSE(std::filesystem::exists(run_.folder + "/profile"));
}

TEST_F(ProfileTest, WritesNoFileWithoutARunFolder) {
  run_.folder.clear();
  EXPECT_THAT(Train("first: 1 steps: 1", 2), HasSubstr("aten::relu"));
}

TEST(ProfileOptionsTest, RefusesOptionsOutOfRange) {
  EXPECT_THAT(Make<Hook>("recipe.Profile", "first: 0"),
              FailsWith("first must be at least 1, got 0"));
  EXPECT_THAT(Make<Hook>("recipe.Profile", "steps: 0"),
              FailsWith("steps must be at least 1, got 0"));
  EXPECT_THAT(Make<Hook>("recipe.Profile", "rows: 0"),
              FailsWith("rows must be at least 1, got 0"));
}

}  // namespace
}  // namespace toque
