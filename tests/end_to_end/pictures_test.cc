// Pictures in whole runs: types and layouts of batches, broken files, several
// views.

#include <cmath>
#include <set>

#include "ATen/core/Tensor.h"
#include "framework/core/dataset.h"
#include "framework/core/model.h"
#include "framework/core/transform.h"
#include "framework/testing/test_plugins.pb.h"
#include "tests/end_to_end/small_run.h"

namespace toque {
namespace {

// Pictures of noise, lighter in the channel of their class.
struct Pictures : Dataset {
  explicit Pictures(int64_t count) : count(count) {}
  absl::Status Open(const Context&) override { return absl::OkStatus(); }
  DatasetInfo Info() const override {
    std::vector<std::string> names = {"red", "green", "blue"};
    // 99 pictures are too few for one of each class, say.
    if (count == 99) names.erase(names.begin());
    return {.classes = static_cast<int64_t>(names.size()),
            .shape = {3, 2, 2},
            .class_names = names};
  }
  int64_t size() const override { return count; }
  std::string Name(int64_t index) const override {
    return absl::StrCat("example ", index, " (", index, ".jpg)");
  }
  absl::Status Read(int64_t index, Rng&, Example* example) const override {
    if (broken.contains(index)) return Broken("byte 7: the file ends");
    Rng rng(1, 0, static_cast<uint64_t>(index));
    const auto label = static_cast<size_t>(index % 3);
    const auto pixels = example->SetImage().Allocate(3, 2, 2);
    for (size_t i = 0; i < pixels.size(); ++i) {
      const uint64_t light = i % 3 == label ? 100 : 0;
      pixels[i] = static_cast<uint8_t>(rng.Below(156) + light);
    }
    example->SetLabel(static_cast<int64_t>(label));
    return absl::OkStatus();
  }
  int64_t count;
  static inline std::set<int64_t> broken;
};

Made<Dataset> MakePictures(const test::Points& options) {
  return std::make_unique<Pictures>(options.count());
}
namespace pictures {
TOQUE_PLUGIN(MakePictures);
}

struct Normalise : Transform {
  absl::Status Apply(Example& example, Rng&) const override {
    return example.images[0][0].Normalize({0.4f, 0.5f, 0.6f},
                                          {0.3f, 0.2f, 0.1f});
  }
};

Made<Transform> MakeNormalise(const test::Shift&) {
  return std::make_unique<Normalise>();
}
namespace normalise {
TOQUE_PLUGIN(MakeNormalise);
}

// A picture and its mirror image as two views.
struct BothSides : Transform {
  absl::Status Apply(Example& example, Rng&) const override {
    example.images.resize(1);
    example.images.push_back(example.images[0]);
    example.images[1][0].Flip();
    return absl::OkStatus();
  }
};

Made<Transform> MakeBothSides(const test::Mirror&) {
  return std::make_unique<BothSides>();
}
namespace both_sides {
TOQUE_PLUGIN(MakeBothSides);
}

constexpr char kPictures[] =
    "model { [type.googleapis.com/toque.TinyModel] { inputs: 12 } } "
    "log_every_steps: 10 "
    "train { dataset { [type.googleapis.com/test.Points] {} } "
    "  transform { [type.googleapis.com/test.Shift] {} } } "
    "eval { dataset { [type.googleapis.com/test.Points] {} } "
    "  transform { [type.googleapis.com/test.Shift] {} } }";

class PicturesTest : public testing::Test {
 protected:
  ~PicturesTest() override { Pictures::broken.clear(); }

  static Experiment With(const std::string& change) {
    if (change.empty()) return SmallExperiment({kPictures});
    return SmallExperiment({kPictures, change});
  }
  static Metrics MetricsOf(const std::string& change) {
    const auto outcome = RunExperiment(With(change));
    EXPECT_OK(outcome);
    return outcome.ok() ? outcome->metrics : Metrics{};
  }
  static std::string Pixels(const std::string& type) {
    return absl::StrCat("train { pixels: ", type, " } eval { pixels: ", type,
                        " }");
  }
};

TEST_F(PicturesTest, TypesAndLayoutsOfBatchesTrainAlike) {
  Metrics expected = MetricsOf("");
  for (const std::string layout : {"CONTIGUOUS", "CHANNELS_LAST"}) {
    for (const std::string type : {"FLOAT32", "UINT8", "BFLOAT16"}) {
      Metrics got = MetricsOf(Pixels(type) + " memory_format: " + layout);
      const double near = type == "BFLOAT16" ? 2e-2 : 1e-4;
      for (const std::string name : {"loss/train", "loss/eval"}) {
        EXPECT_NEAR(got[name], expected[name], near) << layout << " " << type;
      }
      EXPECT_FALSE(got.contains("broken/train"));
    }
  }
}

TEST_F(PicturesTest, BytesAreNormalisedInAHigherPrecisionToo) {
  const std::string type = "default_dtype: FLOAT64 ";
  EXPECT_NEAR(MetricsOf(type + Pixels("UINT8"))["loss/eval"],
              MetricsOf(type + Pixels("FLOAT32"))["loss/eval"], 1e-5);
}

TEST_F(PicturesTest, ABrokenFileEndsTheRunByItsName) {
  Pictures::broken = {17};
  EXPECT_THAT(RunExperiment(With("")),
              FailsWith("train: example 17 (17.jpg): byte 7: the file ends"));
  Pictures::broken = {85};
  EXPECT_THAT(RunExperiment(With("")),
              FailsWith("eval: example 85 (85.jpg): byte 7: the file ends"));
}

TEST_F(PicturesTest, BrokenFilesAreCountedInEachLineOfTheLog) {
  // The first, of which the form is learned, and the last are among them.
  Pictures::broken = {0, 1, 17, 80, 99};
  for (const std::string policy : {"SKIP", "REPLACE"}) {
    const Metrics metrics = MetricsOf("train { on_broken: " + policy +
                                      " } eval { on_broken: " + policy + " }");
    EXPECT_EQ(metrics.at("broken/train"), 3) << policy;
    EXPECT_EQ(metrics.at("broken/eval"), 2) << policy;
  }
}

TEST_F(PicturesTest, RunsOverBrokenFilesDoNotDependOnThreads) {
  Pictures::broken = {0, 1, 17, 33, 34, 80};
  for (const std::string policy : {"SKIP", "REPLACE"}) {
    std::set<std::string> checkpoints;
    for (const int threads : {0, 1, 2, 4}) {
      const std::string folder =
          absl::StrCat(TestFolder(), "/", policy, threads);
      ASSERT_OK(RunExperiment(
          With(absl::StrCat("train { on_broken: ", policy, " loader_threads: ",
                            threads, " } eval { on_broken: ", policy, " }")),
          folder));
      checkpoints.insert(LastCheckpoint(folder));
    }
    EXPECT_EQ(checkpoints.size(), 1u) << policy;
  }
}

// The class scores of the last evaluated batch, from the model's own outputs
// for each view.
TEST_F(PicturesTest, ViewsAreAveragedAsProbabilitiesOrAsLogits) {
  for (const std::string average : {"PROBABILITIES", "LOGITS"}) {
    auto trainer = MakeTrainer(With(absl::StrCat(
        "eval { transform { [type.googleapis.com/test.Mirror] {} } average: ",
        average, " }")));
    ASSERT_OK(trainer);
    const auto metrics = (*trainer)->EvaluateOnce("eval");
    ASSERT_OK(metrics);
    const toque::Run& run = (*trainer)->run();
    ASSERT_EQ(run.batch.input.size(0), 20);
    ASSERT_EQ(run.prediction.output.sizes(), at::IntArrayRef({10, 3}));
    const at::Tensor scores = run.model->Forward(run.batch.input).detach();
    for (int64_t n = 0; n < 10; ++n) {
      double mean[3] = {0, 0, 0};
      for (int64_t view = 0; view < 2; ++view) {
        const at::Tensor row = scores[2 * n + view];
        double sum = 0;
        for (int64_t c = 0; c < 3; ++c) sum += std::exp(row[c].item<double>());
        for (int64_t c = 0; c < 3; ++c) {
          const double score = row[c].item<double>();
          mean[c] += (average == "LOGITS" ? score : std::exp(score) / sum) / 2;
        }
      }
      for (int64_t c = 0; c < 3; ++c) {
        const double expected =
            average == "LOGITS" ? mean[c] : std::log(mean[c]);
        EXPECT_NEAR(run.prediction.output[n][c].item<double>(), expected, 1e-5);
      }
    }
  }
}

TEST_F(PicturesTest, TrainingTakesOneViewAlone) {
  EXPECT_THAT(
      MakeTrainer(
          With("train { transform { [type.googleapis.com/test.Mirror] {} } }")),
      FailsWith("train: an example must have one view, several are averaged in "
                "eval and test alone, got 2"));
}

TEST_F(PicturesTest, ClassesMustFitTheModelAndTheOtherSections) {
  EXPECT_THAT(
      MakeTrainer(With("model { [type.googleapis.com/toque.TinyModel] { "
                       "classes: 2 } }")),
      FailsWith("model: must have an output for each of the 3 classes of "
                "train.dataset and no more, got 2"));
  EXPECT_THAT(
      MakeTrainer(With("model { [type.googleapis.com/toque.TinyModel] { "
                       "classes: 4 } }")),
      FailsWith("model: must have an output for each of the 3 classes of "
                "train.dataset and no more, got 4"));
  EXPECT_THAT(
      MakeTrainer(With("eval { dataset { [type.googleapis.com/test.Points] { "
                       "count: 99 } } }")),
      FailsWith("eval.dataset: classes must be those of train.dataset, class 0 "
                "red, got green"));
}

}  // namespace
}  // namespace toque
