#include "framework/config/overrides.h"

#include "framework/config/config.h"
#include "framework/testing/test_plugins.pb.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

constexpr const char* kExperiment = R"(
    epochs: 3
    gpus: [0, 1]
    model {
      [type.googleapis.com/test.Net] {
        hidden: 5
        width: [1, 2]
        head { classes: 10 dropout: 0.1 }
        backbone { [type.googleapis.com/test.Net] { hidden: 6 width: 3 } }
        part { [type.googleapis.com/test.Linear] { classes: 1 } }
      }
    }
    train {
      batch_size: 64
      range { begin: 10 end: 20 }
      transform { [type.googleapis.com/test.Shift] { by: 1 } }
      transform { [type.googleapis.com/test.Mirror] {} }
      transform { [type.googleapis.com/test.Shift] { by: 2 chance: 0.5 } }
      batch_transform { [type.googleapis.com/test.Blend] { alpha: 2 } }
    }
    param_group { name: "bias" match: "bias$" weight_decay_scale: 0 }
    hook { [type.googleapis.com/test.Log] { path: "a" every: 4 } }
    hook { [type.googleapis.com/test.Halt] { after: 2 } }
)";

Experiment Start() {
  const auto experiment = ParseExperiment(kExperiment, "start");
  EXPECT_OK(experiment);
  return *experiment;
}

// The experiment with these fragments, in their order.
Experiment With(const std::vector<std::string>& fragments) {
  Experiment experiment = Start();
  for (const std::string& fragment : fragments) {
    EXPECT_OK(ApplyOverride(fragment, &experiment)) << fragment;
  }
  return experiment;
}

absl::Status Fault(const std::string& fragment) {
  Experiment experiment = Start();
  const absl::Status status = ApplyOverride(fragment, &experiment);
  EXPECT_EQ(experiment.SerializeAsString(), Start().SerializeAsString())
      << "an error must change nothing";
  return status;
}

template <typename Options>
Options As(const google::protobuf::Any& any) {
  Options options;
  EXPECT_TRUE(any.UnpackTo(&options)) << any.type_url();
  return options;
}

test::Net NetOf(const Experiment& experiment) {
  return As<test::Net>(experiment.model());
}

// The names of plugins, without their package.
std::string Names(
    const google::protobuf::RepeatedPtrField<google::protobuf::Any>& list) {
  std::string names;
  for (const auto& any : list) {
    names += (names.empty() ? "" : " ") +
             any.type_url().substr(any.type_url().rfind('.') + 1);
  }
  return names;
}

TEST(OverridesTest, ReplacesFields) {
  const Experiment experiment =
      With({"seed: 7 epochs: 5 train { batch_size: 8 range { end: 30 } }"});
  EXPECT_EQ(experiment.seed(), 7u);
  EXPECT_EQ(experiment.epochs(), 5);
  EXPECT_EQ(experiment.train().batch_size(), 8);
  EXPECT_EQ(experiment.train().range().begin(), 10);
  EXPECT_EQ(experiment.train().range().end(), 30);
  EXPECT_EQ(experiment.train().transform_size(), 3);
}

TEST(OverridesTest, AppliesFragmentsInTheirOrder) {
  EXPECT_EQ(With({"seed: 7", "seed: 8"}).seed(), 8u);
}

TEST(OverridesTest, SetsAFieldToItsDefault) {
  const Experiment experiment = With({"train { batch_size: 32 }"});
  EXPECT_EQ(experiment.train().batch_size(), 32);
}

TEST(OverridesTest, ReplacesAListOfNumbersAsAWhole) {
  const Experiment experiment = With({"gpus: 3"});
  EXPECT_THAT(experiment.gpus(), testing::ElementsAre(3));
}

TEST(OverridesTest, ReplacesEpochsBySteps) {
  Experiment experiment = With({"steps: 9"});
  EXPECT_FALSE(experiment.has_epochs());
  EXPECT_EQ(experiment.steps(), 9);
  ASSERT_OK(ApplyOverride("epochs: 2", &experiment));
  EXPECT_FALSE(experiment.has_steps());
  EXPECT_EQ(experiment.epochs(), 2);
}

TEST(OverridesTest, AddsASection) {
  const Experiment experiment =
      With({"eval { dataset { [type.googleapis.com/test.Points] {} } }"});
  EXPECT_TRUE(experiment.eval().has_dataset());
  EXPECT_FALSE(experiment.has_test());
}

TEST(OverridesTest, ChangesOptionsOfAPluginOfTheSameType) {
  const test::Net net =
      NetOf(With({"model { [type.googleapis.com/test.Net] { hidden: 9 "
                  "width: 7 head { classes: 2 } } }"}));
  EXPECT_EQ(net.hidden(), 9);
  EXPECT_THAT(net.width(), testing::ElementsAre(7));
  EXPECT_EQ(net.head().classes(), 2);
  EXPECT_EQ(net.head().dropout(), 0.1);
  EXPECT_TRUE(net.has_backbone());
}

TEST(OverridesTest, ReplacesAPluginOfAnotherType) {
  const Experiment experiment =
      With({"model { [type.googleapis.com/test.Linear] {} }"});
  EXPECT_FALSE(As<test::Linear>(experiment.model()).has_classes());
}

TEST(OverridesTest, ChangesAPluginInsideAnotherOne) {
  const test::Net net =
      NetOf(With({"model { [type.googleapis.com/test.Net] { backbone {"
                  "[type.googleapis.com/test.Net] { hidden: 1 } } } }"}));
  const test::Net backbone = As<test::Net>(net.backbone());
  EXPECT_EQ(backbone.hidden(), 1);
  EXPECT_THAT(backbone.width(), testing::ElementsAre(3));
  EXPECT_EQ(net.hidden(), 5);
}

TEST(OverridesTest, ReplacesAPluginInsideAnotherOneByAnotherType) {
  const test::Net net =
      NetOf(With({"model { [type.googleapis.com/test.Net] { backbone {"
                  "[type.googleapis.com/test.Linear] { classes: 4 } } } }"}));
  EXPECT_EQ(As<test::Linear>(net.backbone()).classes(), 4);
}

TEST(OverridesTest, ReplacesAListOfPluginsInOptionsAsAWhole) {
  const test::Net net =
      NetOf(With({"model { [type.googleapis.com/test.Net] { part {"
                  "[type.googleapis.com/test.Linear] {} } } }"}));
  ASSERT_EQ(net.part_size(), 1);
  EXPECT_FALSE(As<test::Linear>(net.part(0)).has_classes());
}

TEST(OverridesTest, ChangesTheHookOfAType) {
  const Experiment experiment =
      With({"hook { [type.googleapis.com/test.Log] { every: 1 } }"});
  EXPECT_EQ(Names(experiment.hook()), "Log Halt");
  const auto log = As<test::Log>(experiment.hook(0));
  EXPECT_EQ(log.path(), "a");
  EXPECT_EQ(log.every(), 1);
}

TEST(OverridesTest, AppendsPluginsOfNewTypes) {
  const Experiment experiment =
      With({"remove: 'test.Log'",
            "hook { [type.googleapis.com/test.Log] { path: 'x' } }"
            "hook { [type.googleapis.com/test.Log] { path: 'y' } }"});
  EXPECT_EQ(Names(experiment.hook()), "Halt Log Log");
  EXPECT_EQ(As<test::Log>(experiment.hook(2)).path(), "y");
}

TEST(OverridesTest, AsksWhichOfTwoIsMeant) {
  EXPECT_EQ(
      std::string(
          Fault("train { transform { [type.googleapis.com/test.Shift] {} } }")
              .message()),
      "--set: train.transform: test.Shift stands here 2 times; say which "
      "by at: N, from 0");
  EXPECT_THAT(Fault("train { remove: 'test.Shift' }"),
              FailsWith("--set: train: test.Shift stands here 2 times"));
}

TEST(OverridesTest, ChangesTheOneOfThatTypeThatAtNames) {
  const Experiment experiment =
      With({"train { at: 1 transform { [type.googleapis.com/test.Shift] "
            "{ by: 9 } } }"});
  EXPECT_EQ(Names(experiment.train().transform()), "Shift Mirror Shift");
  EXPECT_EQ(As<test::Shift>(experiment.train().transform(0)).by(), 1);
  const auto second = As<test::Shift>(experiment.train().transform(2));
  EXPECT_EQ(second.by(), 9);
  EXPECT_EQ(second.chance(), 0.5);
  EXPECT_FALSE(experiment.train().has_at());
}

TEST(OverridesTest, RefusesAtOutOfRange) {
  EXPECT_THAT(Fault("at: 1 hook { [type.googleapis.com/test.Log] {} }"),
              FailsWith("--set: hook: at must be from 0 to below 1, the number "
                        "of test.Log, got 1"));
  EXPECT_THAT(
      Fault(
          "train { at: -1 transform { [type.googleapis.com/test.Shift] {} } }"),
      FailsWith("got -1"));
}

TEST(OverridesTest, RefusesAtBesideNoneOrSeveralPlugins) {
  EXPECT_THAT(Fault("at: 0"),
              FailsWith("--set: at must stand beside one plugin, got 0"));
  EXPECT_THAT(
      Fault("train { at: 0 remove: 'test.Shift' remove: 'test.Mirror' }"),
      FailsWith("--set: train: at must stand beside one plugin, got 2"));
}

TEST(OverridesTest, RemovesAHook) {
  const Experiment experiment = With({"remove: 'test.Log'"});
  EXPECT_EQ(Names(experiment.hook()), "Halt");
  EXPECT_EQ(experiment.remove_size(), 0);
}

TEST(OverridesTest, RemovesTransformsOfBothSorts) {
  const Experiment experiment =
      With({"train { remove: 'test.Mirror' remove: 'test.Blend' }",
            "train { at: 0 remove: 'test.Shift' }"});
  EXPECT_EQ(experiment.train().batch_transform_size(), 0);
  ASSERT_EQ(Names(experiment.train().transform()), "Shift");
  EXPECT_EQ(As<test::Shift>(experiment.train().transform(0)).by(), 2);
}

TEST(OverridesTest, ReplacesAHookByRemovingItFirst) {
  const Experiment experiment =
      With({"remove: 'test.Log' hook { [type.googleapis.com/test.Log] {} }"});
  EXPECT_EQ(Names(experiment.hook()), "Halt Log");
  EXPECT_FALSE(As<test::Log>(experiment.hook(1)).has_path());
}

TEST(OverridesTest, RefusesToRemoveWhatIsNotThere) {
  EXPECT_EQ(std::string(Fault("remove: 'test.Lag'").message()),
            "--set: remove: test.Lag doesn't stand here; did you mean "
            "test.Log?");
  EXPECT_EQ(std::string(Fault("eval { remove: 'test.Mirror' }").message()),
            "--set: eval: remove: test.Mirror doesn't stand here");
}

TEST(OverridesTest, ChangesAParamGroupByItsName) {
  const Experiment experiment =
      With({"param_group { name: 'bias' lr_scale: 2 }",
            "param_group { name: 'head' match: '^head' }"});
  ASSERT_EQ(experiment.param_group_size(), 2);
  EXPECT_EQ(experiment.param_group(0).match(), "bias$");
  EXPECT_EQ(experiment.param_group(0).lr_scale(), 2);
  EXPECT_EQ(experiment.param_group(0).weight_decay_scale(), 0);
  EXPECT_EQ(experiment.param_group(1).name(), "head");
}

TEST(OverridesTest, RefusesAParamGroupWithoutAName) {
  EXPECT_THAT(Fault("param_group { lr_scale: 2 }"),
              FailsWith("--set: a param_group needs its name"));
}

TEST(OverridesTest, NamesThePlaceOfAFaultInTheFragment) {
  EXPECT_THAT(Fault("epochs: 3\n  epoch: 4"),
              FailsWith("--set 2:3: toque.Experiment has no field \"epoch\""));
  EXPECT_THAT(Fault("loss { [type.googleapis.com/test.Log] {} }"),
              FailsWith("--set 1:1: test.Log is a hook, and a loss is needed"));
}

}  // namespace
}  // namespace toque
