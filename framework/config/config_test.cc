#include "framework/config/config.h"

#include <filesystem>
#include <fstream>

#include "framework/core/registry.h"
#include "framework/testing/test_plugins.pb.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

absl::StatusOr<Experiment> Parse(const std::string& text) {
  return ParseExperiment(text, "x.textproto");
}

TEST(ConfigTest, ReadsPluginsWithTheirOptions) {
  const auto experiment = Parse(R"(
      epochs: 3
      model {
        [type.googleapis.com/test.Net] {
          hidden: 5
          backbone { [type.googleapis.com/test.Linear] { classes: 7 } }
        }
      })");
  ASSERT_OK(experiment);
  EXPECT_EQ(experiment->epochs(), 3);
  test::Net net;
  ASSERT_TRUE(experiment->model().UnpackTo(&net));
  EXPECT_EQ(net.hidden(), 5);
  test::Linear backbone;
  ASSERT_TRUE(net.backbone().UnpackTo(&backbone));
  EXPECT_EQ(backbone.classes(), 7);
}

TEST(ConfigTest, SuggestsTheNearestField) {
  EXPECT_THAT(
      Parse("\n\n    epoch: 3"),
      FailsWith("x.textproto:3:5: toque.Experiment has no field \"epoch\"; did "
                "you mean \"epochs\"?"));
  EXPECT_THAT(
      Parse("train { batchsize # here\n : 3 }"),
      FailsWith("x.textproto:1:9: toque.Section has no field \"batchsize\"; "
                "did you mean \"batch_size\"?"));
  EXPECT_THAT(
      Parse("model { [type.googleapis.com/test.Net] { hiden: 3 } }"),
      FailsWith("x.textproto:1:42: test.Net has no field \"hiden\"; did you "
                "mean \"hidden\"?"));
}

TEST(ConfigTest, SuggestsFieldsThatShareAWord) {
  EXPECT_THAT(Parse("train { batch: 3 }"),
              FailsWith("toque.Section has no field \"batch\"; did you mean "
                        "\"batch_transform\" or \"batch_size\"?"));
}

TEST(ConfigTest, SaysWhereAFieldBelongs) {
  EXPECT_THAT(Parse("batch_size: 3"),
              FailsWith("x.textproto:1:1: toque.Experiment has no field "
                        "\"batch_size\"; it is a field of train, eval, test"));
  EXPECT_THAT(Parse("train { epochs: 3 }"),
              FailsWith("toque.Section has no field \"epochs\"; it is a field "
                        "of the experiment itself"));
}

TEST(ConfigTest, ListsTheFieldsWhereThereAreFew) {
  EXPECT_THAT(
      Parse("optimizer { [type.googleapis.com/test.Descent] { "
            "learning_rate: 3 } }"),
      FailsWith("test.Descent has no field \"learning_rate\"; its fields are "
                "lr, momentum"));
}

TEST(ConfigTest, SaysHowAPluginIsWritten) {
  EXPECT_THAT(Parse("model { [test.Net] {} }"),
              FailsWith("x.textproto:1:18: a plugin is written "
                        "[type.googleapis.com/NAME], with this prefix"));
}

TEST(ConfigTest, SuggestsNothingFarFetched) {
  const auto experiment = Parse("wavelength: 3");
  EXPECT_EQ(std::string(StatusOf(experiment).message()),
            "x.textproto:1:1: toque.Experiment has no field \"wavelength\"");
}

TEST(ConfigTest, RefusesExtensions) {
  EXPECT_THAT(Parse("[toque.more]: 3"),
              FailsWith("Ignoring extension \"toque.more\""));
}

TEST(ConfigTest, SuggestsTheNearestPlugin) {
  EXPECT_THAT(Parse("loss { [type.googleapis.com/test.Distanse] { a: 1 } }"),
              FailsWith("x.textproto:1:1: unknown plugin test.Distanse; did "
                        "you mean test.Distance?"));
}

TEST(ConfigTest, TellsAPluginThatIsNotLinked) {
  SetCatalogue({"plugins/losses/poly_loss"});
  const auto experiment =
      Parse("loss { [type.googleapis.com/recipe.PolyLoss] { a { b: 1 } } }");
  SetCatalogue({});
  EXPECT_THAT(experiment,
              FailsWith("x.textproto:1:1: plugin recipe.PolyLoss is not linked "
                        "into this program; add \"//plugins/losses/poly_loss\""
                        " to the plugins of its experiment() in BUILD"));
}

TEST(ConfigTest, FindsAnUnknownPluginInsideAnotherOne) {
  EXPECT_THAT(
      Parse("model { [type.googleapis.com/test.Net] {\n"
            "  part: [{ [type.googleapis.com/test.Linear] {} },\n"
            "         { [type.googleapis.com/test.Lineal] {} }]\n"
            "} }"),
      FailsWith("x.textproto:2:3: unknown plugin test.Lineal; did you mean"));
}

struct WrongKind {
  const char* text;
  const char* error;
};

TEST(ConfigTest, RefusesPluginsOfAnotherKindThanTheirField) {
  const std::vector<WrongKind> cases = {
      {"model { [type.googleapis.com/test.Distance] {} }",
       "1:1: test.Distance is a loss, and a model is needed here"},
      {"loss { [type.googleapis.com/test.Net] {} }",
       "1:1: test.Net is a model, and a loss is needed here"},
      {"optimizer { [type.googleapis.com/test.Log] {} }",
       "1:1: test.Log is a hook, and an optimizer is needed here"},
      {"hook { [type.googleapis.com/test.Log] {} }\n"
       "hook { [type.googleapis.com/test.Descent] {} }",
       "2:1: test.Descent is an optimizer, and a hook is needed here"},
      {"train { dataset { [type.googleapis.com/test.InOrder] {} } }",
       "1:9: test.InOrder is a sampler, and a dataset is needed here"},
      {"eval { sampler { [type.googleapis.com/test.Points] {} } }",
       "1:8: test.Points is a dataset, and a sampler is needed here"},
      {"test { transform { [type.googleapis.com/test.Blend] {} } }",
       "1:8: test.Blend is a batch_transform, and a transform is needed here"},
      {"train { batch_transform { [type.googleapis.com/test.Shift] {} } }",
       "1:9: test.Shift is a transform, and a batch_transform is needed here"},
  };
  for (const auto& [text, error] : cases) {
    EXPECT_THAT(Parse(text), FailsWith(error));
  }
}

TEST(ConfigTest, ReportsFaultsTogetherInTheOrderOfTheText) {
  const auto experiment = Parse(R"(epoch: 3
loss { [type.googleapis.com/test.Nett] { a: 1 } }
model { [type.googleapis.com/test.Net] { hiden: 3 backbone {
  [type.googleapis.com/test.Lin] {} } } }
train { sampler { [type.googleapis.com/test.Points] {} } batchsize: 3 }
at: 3)");
  EXPECT_EQ(
      std::string(StatusOf(experiment).message()),
      "x.textproto:1:1: toque.Experiment has no field \"epoch\"; did you mean "
      "\"epochs\"?\n"
      "x.textproto:2:1: unknown plugin test.Nett; did you mean test.Net?\n"
      "x.textproto:3:42: test.Net has no field \"hiden\"; did you mean "
      "\"hidden\"?\n"
      "x.textproto:3:51: unknown plugin test.Lin; //tools:plugins lists all\n"
      "x.textproto:5:9: test.Points is a dataset, and a sampler is needed "
      "here\n"
      "x.textproto:5:58: toque.Section has no field \"batchsize\"; did you "
      "mean \"batch_size\"?\n"
      "x.textproto:6:1: at is for --set alone");
}

TEST(ConfigTest, EndsAtTheFirstErrorOfSyntax) {
  const auto experiment = Parse("epoch: 3\nsteps: many\nseed: none");
  EXPECT_EQ(
      std::string(StatusOf(experiment).message()),
      "x.textproto:1:1: toque.Experiment has no field \"epoch\"; did you mean "
      "\"epochs\"?\n"
      "x.textproto:2:8: Expected integer, got: many");
}

TEST(ConfigTest, RefusesPluginsThatAreNotInBrackets) {
  const char* error =
      "x.textproto:1:1: model must be a plugin, written "
      "[type.googleapis.com/NAME] { OPTIONS }";
  EXPECT_THAT(Parse("model {}"), FailsWith(error));
  EXPECT_THAT(Parse("model { [example.com/test.Net] {} }"), FailsWith(error));
  EXPECT_THAT(Parse("model { type_url: 'type.googleapis.com/test.Net' }"),
              FailsWith(error));
}

TEST(ConfigTest, KeepsWhatIsForSetAloneOutOfFiles) {
  EXPECT_THAT(Parse("remove: 'test.Log'"),
              FailsWith("x.textproto:1:1: remove is for --set alone"));
  EXPECT_THAT(Parse("train { at: 0 }"),
              FailsWith("x.textproto:1:9: at is for --set alone"));
  EXPECT_OK(ParseFragment("remove: 'test.Log' at: 1"));
}

TEST(ConfigTest, NamesThePlaceInAFragment) {
  EXPECT_THAT(ParseFragment("epochs: 3 epoch: 4"),
              FailsWith("--set 1:11: toque.Experiment has no field"));
  EXPECT_THAT(ParseFragment(""), FailsWith("--set: is empty"));
}

TEST(ConfigTest, RefusesNestingWithoutEnd) {
  std::string nested;
  std::string unknown;
  for (int i = 0; i < 10'000; ++i) {
    nested += "model { [type.googleapis.com/test.Net] { backbone {";
    unknown += "a {";
  }
  EXPECT_THAT(Parse(nested), testing::Not(IsOk()));
  EXPECT_THAT(Parse(unknown), FailsWith("Message is too deep"));
  EXPECT_THAT(Parse("a: " + std::string(10'000, '[')),
              FailsWith("Message is too deep"));
}

TEST(ConfigTest, RefusesWhatIsNotText) {
  EXPECT_THAT(Parse(std::string("epochs: 3\0", 10)),
              FailsWith("x.textproto: must be text in UTF-8; byte 9 isn't"));
  EXPECT_THAT(Parse("# \xff"), FailsWith("byte 2 isn't"));
  EXPECT_THAT(Parse("# \xC3("), FailsWith("byte 2 isn't"));
  EXPECT_THAT(Parse("# \xE2\x82"), FailsWith("byte 2 isn't"));
  EXPECT_OK(Parse("\xEF\xBB\xBF# caf\xC3\xA9 \xF0\x9F\x91\x8D\nepochs: 3"));
}

TEST(ConfigTest, RefusesAnEmptyText) {
  EXPECT_THAT(Parse(""), FailsWith("x.textproto: is empty"));
  EXPECT_THAT(Parse(" # nothing\n"), FailsWith("x.textproto: is empty"));
}

TEST(ConfigTest, RefusesFilesThatAreNone) {
  const std::string folder = TestFolder();
  EXPECT_THAT(LoadExperiment(folder + "/none.textproto"),
              FailsWith("/none.textproto: can't be read: No such file"));
  EXPECT_THAT(LoadExperiment(folder),
              FailsWith(folder + ": is a folder, not a file"));
  std::ofstream(folder + "/large");
  std::filesystem::resize_file(folder + "/large", 100'000'000);
  EXPECT_THAT(LoadExperiment(folder + "/large"),
              FailsWith("/large: must have at most 16 MiB"));
}

TEST(ConfigTest, LoadsAFileAndNamesItInErrors) {
  const std::string path = TestFolder() + "/digits.textproto";
  std::ofstream(path) << "epochs: 3";
  const auto experiment = LoadExperiment(path);
  ASSERT_OK(experiment);
  EXPECT_EQ(experiment->epochs(), 3);
  std::ofstream(path) << "epochs: x";
  EXPECT_THAT(LoadExperiment(path), FailsWith(path + ":1:9: Expected integer"));
}

TEST(ConfigTest, PrintsTextThatIsReadBackAsAnEqualMessage) {
  const auto experiment = Parse(R"(
      steps: 30
      model {
        [type.googleapis.com/test.Net] {
          width: [1, 2]
          backbone { [type.googleapis.com/test.Linear] { classes: 7 } }
          head { dropout: 0.1 }
        }
      }
      train { range { end: 5 } }
      hook { [type.googleapis.com/test.Log] { path: "caf\303\251\n" } }
      hook { [type.googleapis.com/test.Log] {} }
      gpus: [1, 0]
      param_group { name: "a" lr_scale: 0.333333333333333 })");
  ASSERT_OK(experiment);
  const std::string text = ExperimentText(*experiment);
  EXPECT_THAT(text,
              testing::StartsWith("# proto-file: framework/experiment.proto\n"
                                  "# proto-message: toque.Experiment\n"
                                  "steps: 30\n"
                                  "model {\n"
                                  "  [type.googleapis.com/test.Net] {\n"
                                  "    width: 1\n"));
  const auto again = Parse(text);
  ASSERT_OK(again);
  EXPECT_EQ(again->SerializeAsString(), experiment->SerializeAsString());
}

}  // namespace
}  // namespace toque
