// //tools:predict on clips, with a model from text and with that of a run.

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "ATen/Context.h"
#include "ATen/core/Tensor.h"
#include "ATen/ops/from_blob.h"
#include "ATen/ops/stack.h"
#include "c10/core/GradMode.h"
#include "framework/core/model_access.h"
#include "framework/testing/video_file.h"
#include "nlohmann/json.hpp"
#include "tests/end_to_end/small_run.h"
#include "tests/tools/picture_folder.h"
#include "tests/tools/run_tool.h"
#include "tools/score_file.h"

namespace toque {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr char kBackbone[] =
    "backbone { [type.googleapis.com/recipe.CifarResNet] { depth: 8 classes: 2 "
    "} }";
constexpr int64_t kSide = 32;

// An experiment on clips in "set", which are looked at in twenty views.
constexpr char kExperiment[] = R"(
epochs: 1
device: CPU
compute_threads: 1
model {
  [type.googleapis.com/recipe.SegmentConsensus] {
    backbone {
      [type.googleapis.com/recipe.CifarResNet] { depth: 8 classes: 2 }
    }
  }
}
loss { [type.googleapis.com/recipe.CrossEntropy] {} }
train {
  dataset {
    [type.googleapis.com/recipe.VideoFolder] {
      folder: "set"
      sampler { [type.googleapis.com/recipe.TsnSegments] { segments: 2 } }
      decoding { index_folder: "indexes" }
    }
  }
  sampler { [type.googleapis.com/recipe.Shuffle] {} }
  transform { [type.googleapis.com/recipe.CenterCrop] { size: 32 } }
  batch_size: 1
}
eval {
  dataset {
    [type.googleapis.com/recipe.VideoFolder] {
      folder: "set"
      sampler {
        [type.googleapis.com/recipe.TsnSegments] {
          segments: 3
          mode: TEST
          views: 2
        }
      }
      decoding { index_folder: "indexes" }
    }
  }
  transform { [type.googleapis.com/recipe.TenCrop] { size: 32 } }
  batch_size: 2
}
optimizer { [type.googleapis.com/recipe.Sgd] { lr: 0.1 } }
)";

class PredictVideoTest : public testing::Test {
 protected:
  PredictVideoTest() {
    setenv("XDG_CACHE_HOME", folder_.c_str(), 1);
    Add("set/one/x.avi", {.frames = 20});
    Add("set/one/deep/y.mkv", {.frames = 7});
    Add("set/two/z.mp4", {.frames = 33, .group = 5, .b_frames = 2});
  }

  void Add(const std::string& name, const VideoFile& video) const {
    const std::string path = folder_ + "/" + name;
    fs::create_directories(fs::path(path).parent_path());
    WriteVideo(video, path);
  }

  // A run of that experiment.
  void Train() const {
    const std::string experiment = folder_ + "/clips.textproto";
    WriteBytes(experiment, kExperiment);
    const ToolRun trained =
        RunTool({"tools/train", "--experiment=" + experiment,
                 "--data=" + folder_, "--run_dir=" + folder_ + "/run"});
    ASSERT_EQ(trained.status, 0) << trained.output;
  }
  ToolRun PredictRun(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(),
                     {"tools/predict", "--run_dir=" + folder_ + "/run",
                      "--checkpoint=last", "--data=" + folder_, "--json"});
    return RunTool(arguments);
  }
  // A model that wasn't trained.
  ToolRun PredictModel(std::vector<std::string> arguments) const {
    const std::string model = absl::StrCat(
        "[type.googleapis.com/recipe.SegmentConsensus] { ", kBackbone, " }");
    arguments.insert(
        arguments.begin(),
        {"tools/predict", "--device=CPU", "--json", "--model=" + model,
         "--transforms=transform { [type.googleapis.com/recipe.CenterCrop] { "
         "size: 32 } }"});
    return RunTool(arguments);
  }

  const std::string folder_ = TestFolder();
};

// The array in what a tool printed.
nlohmann::json JsonOf(const ToolRun& run) {
  const size_t begin = run.output.find("[\n");
  const size_t end = run.output.rfind("\n]");
  EXPECT_NE(begin, run.output.npos) << run.output;
  return nlohmann::json::parse(
      run.output.substr(begin, end == run.output.npos ? end : end + 2 - begin));
}

// By class.
std::vector<double> ProbabilitiesOf(const nlohmann::json& one) {
  std::vector<double> probabilities(2);
  EXPECT_EQ(one["classes"].size(), 2u);
  for (const auto& guess : one["classes"]) {
    probabilities.at(guess["index"].get<size_t>()) = guess["probability"];
  }
  return probabilities;
}

// The middles of the frames of a file: [frames, 3, kSide, kSide].
at::Tensor MiddlesOf(const std::string& path) {
  std::vector<at::Tensor> frames;
  DecodePlainly(path, [&frames](PlainFrame frame) {
    frames.push_back(at::from_blob(frame.pixels.data(),
                                   {frame.height, frame.width, 3}, at::kByte)
                         .narrow(0, (frame.height - kSide) / 2, kSide)
                         .narrow(1, (frame.width - kSide) / 2, kSide)
                         .permute({2, 0, 1})
                         .to(at::kFloat)
                         .div(255));
  });
  return at::stack(frames);
}

TEST_F(PredictVideoTest, GivesWhatTheModelMakesOfTheMiddlesOfSegments) {
  const std::string clip = folder_ + "/set/one/x.avi";
  const ToolRun run = PredictModel(
      {"--sampler=[type.googleapis.com/recipe.TsnSegments] { segments: 4 mode: "
       "TEST }",
       clip});
  ASSERT_EQ(run.status, 0) << run.output;
  const nlohmann::json all = JsonOf(run);
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0]["clip"], clip);
  const at::Tensor frames = MiddlesOf(clip);
  ASSERT_EQ(frames.size(0), 20);
  const at::Tensor input =
      at::stack({frames[2], frames[7], frames[12], frames[17]}).unsqueeze(0);
  at::manual_seed(0);
  const auto model = MakeOrDie<Model>("recipe.SegmentConsensus", kBackbone);
  const ModeScope evaluation(*model, /*training=*/false);
  const c10::AutoGradMode no_gradients(false);
  const at::Tensor expected =
      Predict(*model, input)[0].to(at::kDouble).softmax(0);
  const std::vector<double> probabilities = ProbabilitiesOf(all[0]);
  for (int64_t c = 0; c < 2; ++c) {
    EXPECT_NEAR(probabilities[static_cast<size_t>(c)],
                expected[c].item<double>(), 1e-5);
  }
}

TEST_F(PredictVideoTest, LooksAtClipsAsTheEvaluationOfTheRunDoes) {
  Train();
  const std::string scores = folder_ + "/scores.safetensors";
  const ToolRun evaluated = RunTool(
      {"tools/evaluate", "--run_dir=" + folder_ + "/run", "--checkpoint=last",
       "--data=" + folder_, "--split=eval", "--scores=" + scores});
  ASSERT_EQ(evaluated.status, 0) << evaluated.output;
  const auto file = ScoreFile::Read(scores);
  ASSERT_OK(file);
  ASSERT_EQ(file->names().size(), 3u);
  const ToolRun run = PredictRun({folder_ + "/set"});
  ASSERT_EQ(run.status, 0) << run.output;
  const nlohmann::json all = JsonOf(run);
  ASSERT_EQ(all.size(), 3u);
  for (const auto& one : all) {
    const std::string clip = one["clip"];
    const auto named = [&](const std::string& name) {
      return clip.ends_with("/set/" + name);
    };
    const auto row = std::ranges::find_if(file->names(), named);
    ASSERT_NE(row, file->names().end()) << clip;
    const at::Tensor expected =
        file->scores()[row - file->names().begin()].softmax(0);
    const std::vector<double> probabilities = ProbabilitiesOf(one);
    EXPECT_NEAR(probabilities[0], expected[0].item<double>(), 1e-5) << clip;
    EXPECT_NEAR(probabilities[1], expected[1].item<double>(), 1e-5) << clip;
  }
  // The names of the class folders, and a sampler in place of the run's.
  EXPECT_THAT(run.output, HasSubstr("\"class\": \"two\""));
  const ToolRun single = PredictRun(
      {"--sampler=[type.googleapis.com/recipe.TsnSegments] { segments: 1 }",
       folder_ + "/set"});
  ASSERT_EQ(single.status, 0) << single.output;
  EXPECT_NE(JsonOf(single), all);
}

TEST_F(PredictVideoTest, DrawsAStripForEachClip) {
  Train();
  const std::string sheet = folder_ + "/sheet.svg";
  const ToolRun run = PredictRun({"--out=" + sheet, folder_ + "/set/two"});
  ASSERT_EQ(run.status, 0) << run.output;
  const nlohmann::json likeliest = JsonOf(run)[0]["classes"][0];
  EXPECT_THAT(ReadBytes(sheet), HasSubstr(likeliest["class"]));
}

TEST_F(PredictVideoTest, TellsOfBrokenClipsAndOfTheOthersAllTheSame) {
  Train();
  fs::create_directories(folder_ + "/more");
  const std::string broken = folder_ + "/more/broken.mp4";
  WriteBytes(broken, "no video");
  const ToolRun run = PredictRun({folder_ + "/set", broken});
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.output, HasSubstr(broken + ": "));
  EXPECT_THAT(run.output, HasSubstr("1 of 4 clips are broken"));
  EXPECT_EQ(JsonOf(run), JsonOf(PredictRun({folder_ + "/set"})));
}

TEST_F(PredictVideoTest, SaysWhatTheModelLooksAt) {
  Train();
  const std::string picture = folder_ + "/pictures/a.png";
  fs::create_directories(folder_ + "/pictures");
  WritePicture(picture, 1);
  EXPECT_THAT(PredictRun({picture}).output,
              HasSubstr(picture + ": must be a video, which is what the model "
                                  "looks at, not a picture"));
  EXPECT_THAT(PredictRun({folder_ + "/pictures"}).output,
              HasSubstr("/pictures: must hold a video"));
  EXPECT_THAT(PredictRun({}).output,
              HasSubstr("a video or a folder must be named"));
  const std::string clip = folder_ + "/set/one/x.avi";
  EXPECT_THAT(PredictModel({clip}).output,
              HasSubstr(clip + ": must be a picture, which is what the model "
                               "looks at, not a video"));
  EXPECT_EQ(PredictModel({clip}).status, 1);
}

TEST_F(PredictVideoTest, SaysWhatIsWrongWithSamplersAndSections) {
  Train();
  const std::string clip = folder_ + "/set/one/x.avi";
  const std::vector<std::pair<std::string, std::string>> faults = {
      {"--sampler=[type.googleapis.com/recipe.Shuffle] {}",
       "sampler: recipe.Shuffle orders examples"},
      {"--sampler=[type.googleapis.com/recipe.CenterCrop] {}",
       "recipe.CenterCrop is a transform, and a sampler is needed here"},
      {"--split=test", "--split must be a section that the experiment has"},
      {"--split=train", "--split must be eval or test, got train"},
      {"--set=eval { dataset { [type.googleapis.com/recipe.RawFrames] { list: "
       "'x' kind: FLOW } } }",
       "recipe.RawFrames: clips must be videos, which don't hold optical flow"},
      {"--set=eval { dataset { [type.googleapis.com/recipe.MovingShapes] {} } "
       "}",
       "sampler must be given"}};
  for (const auto& [flag, message] : faults) {
    EXPECT_THAT(PredictRun({flag, clip}).output, HasSubstr(message));
  }
}

}  // namespace
}  // namespace toque
