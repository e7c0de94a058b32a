#include "ATen/ops/zeros.h"
#include "framework/core/hook.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

constexpr char kStages[] =
    "stage { group: 'layer4' at: 1 } stage { group: 'layer3' at: 1.5 }";

class UnfreezeTest : public testing::Test {
 protected:
  UnfreezeTest() {
    for (const char* name : {"base", "layer3", "layer4"}) {
      Group& group = run_.groups.emplace_back();
      group.name = name;
      group.parameters = {
          {group.name + ".weight", at::zeros({2}).set_requires_grad(true)}};
    }
    run_.progress = {.steps_per_epoch = 4, .total_steps = 12};
  }

  absl::Status Start(const std::string& options) {
    hook_ = MakeOrDie<Hook>("recipe.Unfreeze", options);
    return hook_->BeforeTraining(run_);
  }
  // Which of the groups are trained: "b3." without layer4.
  std::string Trained() const {
    std::string trained;
    for (const Group& group : run_.groups) {
      EXPECT_EQ(group.active, group.parameters[0].second.requires_grad());
      trained += !group.active          ? '.'
                 : group.name == "base" ? 'b'
                                        : group.name[5];
    }
    return trained;
  }
  void Step() {
    ++run_.progress.step;
    EXPECT_OK(hook_->AfterStep(run_));
  }

  toque::Run run_;
  std::unique_ptr<Hook> hook_;
};

TEST_F(UnfreezeTest, TrainsEachGroupFromItsTimeOn) {
  ASSERT_OK(Start(kStages));
  std::string course = Trained();
  for (int i = 0; i < 7; ++i) {
    Step();
    course += " " + Trained();
  }
  EXPECT_EQ(course, "b.. b.. b.. b.. b.4 b.4 b34 b34");
}

TEST_F(UnfreezeTest, LeavesFrozenWhatTheModelFroze) {
  const at::Tensor norm = at::zeros({2});
  run_.groups[2].parameters.push_back({"layer4.norm", norm});
  ASSERT_OK(Start("stage { group: 'layer4' at: 1 } per: STEP"));
  Step();
  EXPECT_EQ(Trained(), "b34");
  EXPECT_FALSE(norm.requires_grad());
}

TEST_F(UnfreezeTest, CountsInStepsWhereAskedTo) {
  ASSERT_OK(Start("stage { group: 'base' at: 2 } per: STEP"));
  EXPECT_EQ(Trained(), ".34");
  Step();
  EXPECT_EQ(Trained(), ".34");
  Step();
  EXPECT_EQ(Trained(), "b34");
}

TEST_F(UnfreezeTest, GoesOnWhereAResumedRunStands) {
  run_.progress.step = 4;
  ASSERT_OK(Start(kStages));
  EXPECT_EQ(Trained(), "b.4");
  Step();
  Step();
  EXPECT_EQ(Trained(), "b34");
}

TEST_F(UnfreezeTest, RefusesAGroupThatThereIsNot) {
  EXPECT_THAT(Start("stage { group: 'head' at: 1 }"),
              FailsWith("stage[0].group must be a group that can be trained "
                        "(there are base, layer3, layer4), got head"));
}

TEST_F(UnfreezeTest, RefusesTimesPastTheEndOfTheRun) {
  EXPECT_THAT(Start("stage { group: 'base' at: 4 }"),
              FailsWith("stage[0].at must be at most the run's 3 epochs, "
                        "got 4"));
}

TEST_F(UnfreezeTest, RefusesToFreezeEverything) {
  EXPECT_THAT(Start(absl::StrCat(kStages, "stage { group: 'base' at: 1 }")),
              FailsWith("a group must be trained from the start"));
}

TEST(UnfreezeOptionsTest, RefusesStagesThatAreNotWhole) {
  EXPECT_THAT(Make<Hook>("recipe.Unfreeze"), FailsWith("stage must be given"));
  const auto made = Make<Hook>("recipe.Unfreeze", "stage {} stage { at: 0 }");
  EXPECT_THAT(made, FailsWith("stage[0].group must be given"));
  EXPECT_THAT(made, FailsWith("stage[0].at must be given"));
  EXPECT_THAT(made, FailsWith("stage[1].at must be above 0, got 0"));
  EXPECT_THAT(Make<Hook>("recipe.Unfreeze",
                         "stage { group: 'a' at: 1 } "
                         "stage { group: 'a' at: 2 }"),
              FailsWith("stage[1].group must stand in one stage alone, got a"));
}

}  // namespace
}  // namespace toque
