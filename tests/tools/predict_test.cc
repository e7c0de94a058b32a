// //tools:predict with a model from text, and with that of a run.

#include "ATen/core/Tensor.h"
#include "nlohmann/json.hpp"
#include "tests/end_to_end/small_run.h"
#include "tests/tools/picture_folder.h"
#include "tests/tools/run_tool.h"

namespace toque {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class PredictTest : public testing::Test {
 protected:
  PredictTest() {
    inputs_ = {WritePicture(folder_ + "/a.png", 1),
               WritePicture(folder_ + "/b.png", 2)};
  }

  ToolRun Predict(std::vector<std::string> arguments) const {
    arguments.insert(
        arguments.begin(),
        {"tools/predict", "--device=CPU",
         "--model=[type.googleapis.com/recipe.CifarResNet] { depth: 8 "
         "classes: 6 }",
         "--transforms=transform { [type.googleapis.com/recipe.CenterCrop] { "
         "size: 12 } }"});
    return RunTool(arguments);
  }
  // A run of a small net on pictures.
  void TrainWith(const std::string& change) const {
    const std::string experiment = folder_ + "/small.textproto";
    WriteBytes(experiment, SmallExperimentText());
    const std::string pictures =
        "dataset { [type.googleapis.com/recipe.Synthetic] { examples: 20 "
        "classes: 3 kind: IMAGES shape: [3, 12, 12] } }";
    const ToolRun trained = RunTool(
        {"tools/train", "--experiment=" + experiment,
         "--run_dir=" + folder_ + "/run",
         "--set=epochs: 1 model { [type.googleapis.com/recipe.CifarResNet] { "
         "depth: 8 classes: 3 } } train { " +
             pictures + " range { end: 20 } } eval { " + pictures +
             " range { begin: 0 } }",
         "--set=" + change});
    ASSERT_EQ(trained.status, 0) << trained.output;
  }
  ToolRun PredictRun(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(),
                     {"tools/predict", "--run_dir=" + folder_ + "/run",
                      "--json", folder_ + "/a.png"});
    return RunTool(arguments);
  }

  const std::string folder_ = TestFolder();
  std::vector<at::Tensor> inputs_;
};

// What follows the lines on stderr.
nlohmann::json JsonOf(const ToolRun& run) {
  const size_t begin = run.output.find("[\n");
  EXPECT_NE(begin, run.output.npos) << run.output;
  return nlohmann::json::parse(run.output.substr(begin));
}

TEST_F(PredictTest, GivesTheLikeliestClassesWithTheirProbabilities) {
  const ToolRun run =
      Predict({"--json", "--top=3", folder_ + "/a.png", folder_ + "/b.png"});
  ASSERT_EQ(run.status, 0) << run.output;
  const nlohmann::json all = JsonOf(run);
  ASSERT_EQ(all.size(), 2u);
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(all[i]["picture"], folder_ + (i == 0 ? "/a.png" : "/b.png"));
    ASSERT_EQ(all[i]["classes"].size(), 3u);
    const auto [values, labels] =
        LogitsOf(inputs_[i])[0].to(at::kDouble).softmax(0).sort(0, true);
    for (int64_t k = 0; k < 3; ++k) {
      const auto& guess = all[i]["classes"][static_cast<size_t>(k)];
      EXPECT_EQ(guess["index"], labels[k].item<int64_t>());
      EXPECT_NEAR(guess["probability"], values[k].item<double>(), 1e-5);
    }
  }
}

TEST_F(PredictTest, PrintsNamesAndDrawsASheet) {
  WriteBytes(folder_ + "/classes.txt", "zero\none\ntwo\nthree\nfour\nfive\n");
  const std::string sheet = folder_ + "/sheet.svg";
  const ToolRun run =
      Predict({"--classes=" + folder_ + "/classes.txt", "--out=" + sheet,
               "--top=1", folder_ + "/a.png"});
  ASSERT_EQ(run.status, 0) << run.output;
  const char* const names[] = {"zero", "one", "two", "three", "four", "five"};
  const std::string name =
      names[LogitsOf(inputs_[0]).argmax(1).item<int64_t>()];
  EXPECT_THAT(run.output, HasSubstr(folder_ + "/a.png\n"));
  EXPECT_THAT(run.output, HasSubstr("%  " + name + "\n"));
  EXPECT_THAT(ReadBytes(sheet), HasSubstr(name));
}

TEST_F(PredictTest, TellsOfBrokenPicturesAndOfTheOthersAllTheSame) {
  WriteBytes(folder_ + "/b.png", "no picture");
  const ToolRun run =
      Predict({"--json", folder_ + "/a.png", folder_ + "/b.png"});
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.output, HasSubstr(folder_ + "/b.png"));
  EXPECT_THAT(run.output, HasSubstr("1 of 2 pictures are broken"));
  EXPECT_THAT(run.output, HasSubstr("\"picture\": \"" + folder_ + "/a.png"));
}

TEST_F(PredictTest, PassesOverBatchesOfBrokenPicturesAlone) {
  std::vector<std::string> broken;
  for (const std::string name : {"/c.png", "/d.png", "/e.png"}) {
    WriteBytes(broken.emplace_back(folder_ + name), "no picture");
  }
  std::vector<std::string> arguments = {"--json", "--batch_size=2",
                                        folder_ + "/a.png", folder_ + "/b.png"};
  arguments.insert(arguments.end(), broken.begin(), broken.end());
  arguments.push_back(folder_ + "/a.png");
  const ToolRun run = Predict(arguments);
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.output, HasSubstr("3 of 6 pictures are broken"));
  const size_t end = run.output.find("\n]") + 2;
  const nlohmann::json all = JsonOf({0, run.output.substr(0, end)});
  ASSERT_EQ(all.size(), 3u);
  // Alone in its batch, so that sums may be taken in another order.
  const auto likeliest = [&all](size_t row) { return all[row]["classes"][0]; };
  EXPECT_EQ(likeliest(0)["class"], likeliest(2)["class"]);
  EXPECT_NEAR(likeliest(0)["probability"].get<double>(),
              likeliest(2)["probability"].get<double>(), 1e-5);
  EXPECT_THAT(Predict(broken).output,
              HasSubstr("an example must be whole, all 3 are broken"));
}

TEST_F(PredictTest, RefusesClassNamesThatDoNotFit) {
  const std::string classes = folder_ + "/classes.txt";
  const auto output = [&](const std::string& text) {
    WriteBytes(classes, text);
    return Predict({"--classes=" + classes, folder_ + "/a.png"}).output;
  };
  EXPECT_THAT(output("zero\none\n\n"),
              HasSubstr("--classes must have 6 lines, got 2"));
  EXPECT_THAT(output("zero\n\ntwo\n"),
              HasSubstr("classes.txt:2: a class must have a name"));
}

TEST_F(PredictTest, TakesTheAveragesOfARunWhereThereAreAny) {
  TrainWith("hook { [type.googleapis.com/recipe.Ema] { decay: 0.5 } }");
  const ToolRun any = PredictRun({});
  ASSERT_EQ(any.status, 0) << any.output;
  EXPECT_THAT(any.output,
              HasSubstr("the weights are the averages of recipe.Ema\n"));
  const nlohmann::json averaged = JsonOf(any);
  EXPECT_EQ(averaged, JsonOf(PredictRun({"--averages=ema"})));
  EXPECT_NE(averaged, JsonOf(PredictRun({"--averages=none"})));
  EXPECT_EQ(averaged[0]["classes"].size(), 3u);
  EXPECT_THAT(PredictRun({"--averages=swa"}).output,
              HasSubstr("holds no averages of swa"));
}

// The head is not moved either, by its rate of 0: averages are what they are
// of.
TEST_F(PredictTest, StatisticsOfFrozenPartsAreNotComputedAnewForSwa) {
  TrainWith(
      "epochs: 2 param_group { name: 'body' match: '^(conv|bn|layer)' frozen: "
      "true } "
      "param_group { name: 'head' match: '^linear' lr_scale: 0 } "
      "hook { [type.googleapis.com/recipe.Swa] { begin: 1 } }");
  const std::string last = "--checkpoint=last";
  const ToolRun averaged = PredictRun({last, "--averages=swa"});
  ASSERT_EQ(averaged.status, 0) << averaged.output;
  const nlohmann::json raw = JsonOf(PredictRun({last, "--averages=none"}));
  const nlohmann::json swa = JsonOf(averaged);
  for (size_t i = 0; i < 3; ++i) {
    const auto& guess = swa[0]["classes"][i];
    EXPECT_EQ(guess["index"], raw[0]["classes"][i]["index"]);
    EXPECT_NEAR(guess["probability"].get<double>(),
                raw[0]["classes"][i]["probability"].get<double>(), 1e-6);
  }
}

TEST_F(PredictTest, WeightsOfTheBuildBringTheirTransforms) {
  const std::vector<std::string> words = {
      "tools/predict",
      "--device=CPU",
      "--json",
      "--model=[type.googleapis.com/recipe.EfficientNetLite] {}",
      "--weights=efficientnet_lite0",
      folder_ + "/a.png"};
  // Bytes b as (b - 127) / 128, as the package's own evaluation.
  std::vector<std::string> given = words;
  given.push_back(
      "--transforms=transform { [type.googleapis.com/recipe.Resize] { size: "
      "256 } } transform { [type.googleapis.com/recipe.CenterCrop] { size: 224 "
      "} } transform { [type.googleapis.com/recipe.Normalize] { mean: 0.498039 "
      "std: 0.501961 } }");
  const ToolRun own = RunTool(words);
  EXPECT_EQ(own.status, 0) << own.output;
  EXPECT_EQ(own.output, RunTool(given).output);
}

TEST_F(PredictTest, SaysWhatIsWrong) {
  EXPECT_THAT(Predict({}).output,
              HasSubstr("a picture or a folder must be named"));
  EXPECT_THAT(RunTool({"tools/predict", folder_ + "/a.png"}).output,
              StartsWith("--run_dir, --experiment or --model must be given"));
  const std::string picture = folder_ + "/a.png";
  const std::vector<std::pair<std::string, std::string>> faults = {
      {"--out=a.jpg", "--out must end in .png or .svg, got a.jpg"},
      {"--averages=ema", "--averages needs --run_dir"},
      {"--checkpoint=last", "--checkpoint needs --run_dir"},
      {"--device=TPU", "--device must be AUTO, CPU or CUDA, got TPU"},
      {"--memory_format=AUTO",
       "--memory_format must be CHANNELS_LAST or CONTIGUOUS, got AUTO"}};
  for (const auto& [flag, message] : faults) {
    EXPECT_THAT(Predict({flag, picture}).output, HasSubstr(message));
  }
  WriteBytes(folder_ + "/bare.textproto",
             "model { [type.googleapis.com/recipe.CifarResNet] { depth: 8 } }");
  EXPECT_THAT(RunTool({"tools/predict", picture,
                       "--experiment=" + folder_ + "/bare.textproto"})
                  .output,
              HasSubstr("eval or test must be given: it has the transforms"));
  EXPECT_THAT(Predict({"--top=0", folder_ + "/a.png"}).output,
              HasSubstr("--top must be at least 1, got 0"));
}

}  // namespace
}  // namespace toque
