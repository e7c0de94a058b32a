#include <limits>

#include "framework/config/config.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

// All that must be given, and no more.
constexpr const char* kLeast = R"(
    epochs: 1
    model { [type.googleapis.com/test.Net] {} }
    loss { [type.googleapis.com/test.Distance] {} }
    optimizer { [type.googleapis.com/test.Descent] {} }
    train {
      dataset { [type.googleapis.com/test.Points] {} }
      sampler { [type.googleapis.com/test.InOrder] {} }
    })";

Experiment Least() {
  const auto experiment = ParseExperiment(kLeast, "least");
  EXPECT_OK(experiment);
  return *experiment;
}

// What is said of the least experiment with one change.
template <typename Change>
absl::Status After(Change change) {
  Experiment experiment = Least();
  change(experiment);
  return CheckExperiment(experiment);
}

TEST(CheckExperimentTest, AcceptsTheLeastExperiment) {
  EXPECT_OK(CheckExperiment(Least()));
}

TEST(CheckExperimentTest, ReportsAllThatIsMissing) {
  EXPECT_EQ(std::string(CheckExperiment(Experiment()).message()),
            "epochs or steps must be given\n"
            "model must be given\n"
            "loss must be given\n"
            "optimizer must be given\n"
            "train must be given");
  const auto empty_sections = After([](Experiment& e) {
    e.mutable_train()->Clear();
    e.mutable_eval();
    e.mutable_test();
  });
  EXPECT_EQ(std::string(empty_sections.message()),
            "train.dataset must be given\n"
            "train.sampler must be given\n"
            "eval.dataset must be given\n"
            "test.dataset must be given");
}

TEST(CheckExperimentTest, TakesEpochsOrStepsFromOneOn) {
  EXPECT_THAT(After([](Experiment& e) { e.set_steps(5); }),
              FailsWith("only one of epochs and steps may be given"));
  EXPECT_THAT(After([](Experiment& e) { e.set_epochs(0); }),
              FailsWith("epochs must be at least 1, got 0"));
  EXPECT_THAT(After([](Experiment& e) {
                e.clear_epochs();
                e.set_steps(-1);
              }),
              FailsWith("steps must be at least 1, got -1"));
}

TEST(CheckExperimentTest, ChecksTheNumbersOfTheRun) {
  EXPECT_THAT(After([](Experiment& e) { e.set_accumulate_steps(0); }),
              FailsWith("accumulate_steps must be at least 1, got 0"));
  EXPECT_THAT(After([](Experiment& e) { e.set_log_every_steps(0); }),
              FailsWith("log_every_steps must be at least 1, got 0"));
  EXPECT_THAT(After([](Experiment& e) { e.set_compute_threads(-1); }),
              FailsWith("compute_threads must be at least 0, got -1"));
  EXPECT_THAT(After([](Experiment& e) { e.set_compute_threads(1000000); }),
              FailsWith("compute_threads must be at most 1024, got 1000000"));
}

TEST(CheckExperimentTest, ChecksEachSection) {
  const auto with = [](auto change) {
    return After([=](Experiment& e) {
      *e.mutable_eval()->mutable_dataset() = e.train().dataset();
      change(*e.mutable_eval());
    });
  };
  EXPECT_OK(with([](Section&) {}));
  EXPECT_THAT(with([](Section& s) { s.set_batch_size(0); }),
              FailsWith("eval.batch_size must be at least 1, got 0"));
  EXPECT_THAT(with([](Section& s) { s.set_loader_threads(-1); }),
              FailsWith("eval.loader_threads must be at least 0, got -1"));
  EXPECT_THAT(with([](Section& s) { s.set_loader_threads(257); }),
              FailsWith("eval.loader_threads must be at most 256, got 257"));
  EXPECT_THAT(with([](Section& s) { s.set_every_epochs(0); }),
              FailsWith("eval.every_epochs must be at least 1, got 0"));
  EXPECT_THAT(with([](Section& s) { s.mutable_range()->set_begin(-1); }),
              FailsWith("eval.range.begin must be at least 0, got -1"));
  EXPECT_THAT(with([](Section& s) {
                s.mutable_range()->set_begin(5);
                s.mutable_range()->set_end(5);
              }),
              FailsWith("eval.range.end must be above begin, 5, got 5"));
  EXPECT_OK(with([](Section& s) { s.mutable_range()->set_begin(5); }));
}

TEST(CheckExperimentTest, RepeatsNothingButTheValidation) {
  EXPECT_THAT(After([](Experiment& e) {
                e.mutable_train()->set_every_epochs(7);
                *e.mutable_test()->mutable_dataset() = e.train().dataset();
                e.mutable_test()->set_every_epochs(1);
              }),
              FailsWith("train.every_epochs is for eval alone\n"
                        "test.every_epochs is for eval alone"));
}

TEST(CheckExperimentTest, KeepsWhatIsForTrainingOutOfEvaluation) {
  EXPECT_THAT(After([](Experiment& e) {
                *e.mutable_test()->mutable_dataset() = e.train().dataset();
                e.mutable_test()->add_batch_transform();
                e.mutable_test()->set_drop_last(true);
              }),
              FailsWith("test.batch_transform is for train alone\n"
                        "test.drop_last is for train alone"));
  EXPECT_THAT(After([](Experiment& e) {
                e.mutable_train()->set_average(Section::LOGITS);
              }),
              FailsWith("train.average is for eval and test alone"));
  EXPECT_OK(After([](Experiment& e) {
    e.mutable_train()->add_batch_transform();
    e.mutable_train()->set_drop_last(true);
  }));
}

absl::Status WithGroups(const std::vector<std::string>& groups) {
  std::string text = kLeast;
  for (const std::string& group : groups) {
    text += "param_group { " + group + " }\n";
  }
  const auto experiment = ParseExperiment(text, "groups");
  EXPECT_OK(experiment);
  return CheckExperiment(*experiment);
}

TEST(CheckExperimentTest, AcceptsGroupsWithANameAndOneRule) {
  EXPECT_OK(WithGroups({"name: 'bias' match: 'bias$' lr_scale: 0",
                        "name: 'flat' one_dimensional: true"}));
}

TEST(CheckExperimentTest, ChecksTheNamesOfGroups) {
  EXPECT_THAT(WithGroups({"match: 'a'"}),
              FailsWith("param_group[0].name must be given"));
  EXPECT_THAT(WithGroups({"name: 'base' match: 'a'"}),
              FailsWith("param_group[0].name must not be base"));
  EXPECT_THAT(
      WithGroups({"name: 'a/eval' match: 'a'"}),
      FailsWith("param_group[0].name must have no slash, as its rate is "
                "the metric lr/NAME, got a/eval"));
  EXPECT_THAT(WithGroups({"name: 'a' match: 'a'", "name: 'a' match: 'b'"}),
              FailsWith("param_group[1].name must be the group's own, got a"));
}

TEST(CheckExperimentTest, ChecksWhatGroupsMatch) {
  EXPECT_THAT(
      WithGroups({"name: 'a'"}),
      FailsWith("param_group[0].match or one_dimensional must be given"));
  EXPECT_THAT(WithGroups({"name: 'a' match: 'a' one_dimensional: true"}),
              FailsWith("param_group[0].only one of match and one_dimensional "
                        "may be given"));
  EXPECT_THAT(WithGroups({"name: 'a' match: '(a'"}),
              FailsWith("param_group[0].match must be a regular expression ("));
  EXPECT_THAT(WithGroups({"name: 'a' match: '" + std::string(2000, '(') + "'"}),
              FailsWith("(it is too long), got (("));
}

TEST(CheckExperimentTest, ChecksTheFactorsOfGroups) {
  EXPECT_THAT(WithGroups({"name: 'a' match: 'a' lr_scale: -1"}),
              FailsWith("param_group[0].lr_scale must be finite and at least "
                        "0, got -1"));
  EXPECT_THAT(WithGroups({"name: 'a' match: 'a' weight_decay_scale: inf"}),
              FailsWith("param_group[0].weight_decay_scale must be finite and "
                        "at least 0, got inf"));
  EXPECT_THAT(WithGroups({"name: 'a' match: 'a' lr_scale: nan"}),
              FailsWith("got nan"));
}

}  // namespace
}  // namespace toque
