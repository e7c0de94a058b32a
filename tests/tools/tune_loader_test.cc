#include <algorithm>

#include "framework/codec/encode.h"
#include "framework/core/dataset.h"
#include "framework/core/transform.h"
#include "tests/end_to_end/small_run.h"
#include "tests/tools/run_tool.h"
#include "tools/loader_sweep.h"

namespace toque {
namespace {

using testing::ContainsRegex;
using testing::ElementsAre;
using testing::HasSubstr;

// A clock that goes on by what is done, and not by itself.
struct PlantedTime {
  double wall = 0;
  double cpu = 0;

  Clocks clocks() {
    return {[this] { return wall; }, [this] { return cpu; }};
  }
};

// Batches of 10 examples that take a planted time.
class PlantedLoader : public Loader {
 public:
  PlantedLoader(double rate, double cpu, PlantedTime* time)
      : rate_(rate), cpu_(cpu), time_(time) {}

  absl::Status Next(Batch* batch) override {
    batch->index.resize(10);
    time_->wall += 10 / rate_;
    time_->cpu += 10 * cpu_;
    return absl::OkStatus();
  }
  int64_t batches_per_epoch() const override { return 1; }
  int64_t examples_per_epoch() const override { return 10; }
  int64_t allocations() const override { return 0; }

 private:
  const double rate_;
  const double cpu_;
  PlantedTime* const time_;
};

// The rates that are measured of loaders whose own are `planted`.
std::vector<LoaderRate> Sweep(const std::vector<double>& planted) {
  PlantedTime time;
  std::vector<LoaderRate> rates;
  for (size_t i = 0; i < planted.size(); ++i) {
    const int threads = static_cast<int>(i) + 1;
    PlantedLoader loader(planted[i], 0.001 * threads, &time);
    const auto rate = MeasureRate(loader, threads, 1.5, time.clocks());
    EXPECT_OK(rate);
    rates.push_back(*rate);
  }
  return rates;
}

TEST(LoaderSweepTest, MeasuresTheRateAndTheWorkThatArePlanted) {
  const auto rates = Sweep({100, 70});
  ASSERT_EQ(rates.size(), 2u);
  EXPECT_EQ(rates[1].threads, 2);
  EXPECT_NEAR(rates[0].examples_per_second, 100, 1e-9);
  EXPECT_NEAR(rates[1].examples_per_second, 70, 1e-9);
  EXPECT_NEAR(rates[0].cpu_seconds, 0.001, 1e-12);
  EXPECT_NEAR(rates[1].cpu_seconds, 0.002, 1e-12);
}

TEST(LoaderSweepTest, PicksThePlantedOptimum) {
  for (size_t best = 0; best < 8; ++best) {
    std::vector<double> planted;
    for (size_t i = 0; i < 8; ++i) {
      const auto away = static_cast<double>(i > best ? i - best : best - i);
      planted.push_back(1000 - 90 * away);
    }
    EXPECT_EQ(BestRate(Sweep(planted)).threads, static_cast<int>(best) + 1);
  }
}

TEST(LoaderSweepTest, TakesTheFewestThreadsThatAreAsGoodAsTheFastest) {
  EXPECT_EQ(BestRate(Sweep({500, 980, 990, 1000})).threads, 2);
  EXPECT_EQ(BestRate(Sweep({500, 960, 990, 1000})).threads, 3);
}

TEST(LoaderSweepTest, TriesFewNumbersOfThreadsWithBothEnds) {
  EXPECT_THAT(ThreadsToTry(1), ElementsAre(1));
  EXPECT_THAT(ThreadsToTry(5), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_THAT(ThreadsToTry(16), ElementsAre(1, 2, 3, 4, 5, 6, 8, 10, 13, 16));
}

// Lets planted time pass.
class PlantedTransform : public Transform {
 public:
  PlantedTransform(double seconds, PlantedTime* time)
      : seconds_(seconds), time_(time) {}
  absl::Status Apply(Example& example, Rng&) const override {
    time_->wall += seconds_;
    return example.index == 2 ? Broken("planted") : absl::OkStatus();
  }

 private:
  const double seconds_;
  PlantedTime* const time_;
};

TEST(LoaderSweepTest, NamesTheStageThatTakesLongest) {
  const auto dataset = MakeOrDie<Dataset>("recipe.Synthetic", "examples: 5");
  ASSERT_OK(dataset->Open(Context()));
  PlantedTime time;
  const PlantedTransform quick(1, &time);
  const PlantedTransform slow(3, &time);
  LoaderOptions options;
  options.dataset = dataset.get();
  options.begin = 1;
  options.end = 5;
  options.transforms = {&quick, &slow};
  options.transform_names = {"quick", "slow"};
  EXPECT_THAT(MeasureStages(options, 100, time.clocks()),
              FailsWith("example 2: planted"));
  // Example 2 is broken and not counted.
  options.on_broken = OnBroken::kSkip;
  const auto stages = MeasureStages(options, 100, time.clocks());
  ASSERT_OK(stages);
  ASSERT_EQ(stages->size(), 4u);
  EXPECT_EQ((*stages)[0].name, "read");
  EXPECT_EQ((*stages)[0].seconds, 0);
  EXPECT_EQ((*stages)[1].seconds, 1);
  EXPECT_EQ((*stages)[2].seconds, 3);
  EXPECT_EQ((*stages)[3].name, "decode and write");
  EXPECT_EQ(Bottleneck(*stages).name, "slow");
  options.begin = 2;
  options.end = 3;
  EXPECT_THAT(MeasureStages(options, 100, time.clocks()),
              FailsWith("no example of the section can be read"));
}

// A noisy file of many pixels, in memory.
struct NoisyFile : Dataset {
  NoisyFile() {
    constexpr int64_t kSide = 600;
    Rng rng(1);
    std::vector<uint8_t> pixels(kSide * kSide * 3);
    for (uint8_t& level : pixels) level = static_cast<uint8_t>(rng.Below(256));
    const auto png = EncodePng({pixels.data(), kSide, kSide, 3});
    EXPECT_OK(png);
    if (png.ok()) file.assign(png->begin(), png->end());
  }
  absl::Status Open(const Context&) override { return absl::OkStatus(); }
  DatasetInfo Info() const override { return {}; }
  int64_t size() const override { return 3; }
  absl::Status Read(int64_t, Rng&, Example* example) const override {
    return example->SetImage().Open(file);
  }
  std::vector<uint8_t> file;
};

TEST(LoaderSweepTest, ChargesDecodingToNoTransformThatAsksForPixels) {
  const NoisyFile dataset;
  const auto crop = MakeOrDie<Transform>("recipe.CenterCrop", "size: 8");
  const auto jitter =
      MakeOrDie<Transform>("recipe.ColorJitter", "brightness: 0.4");
  LoaderOptions options;
  options.dataset = &dataset;
  options.end = dataset.size();
  options.transforms = {crop.get(), jitter.get()};
  options.transform_names = {"crop", "jitter"};
  const auto stages = MeasureStages(options, 3, Clocks::OfTheMachine());
  ASSERT_OK(stages);
  EXPECT_EQ(Bottleneck(*stages).name, "decode and write");
}

class TuneLoaderTest : public testing::Test {
 protected:
  TuneLoaderTest() { WriteBytes(experiment_, SmallExperimentText()); }

  ToolRun Tune(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(),
                     {"tools/tune_loader", "--experiment=" + experiment_});
    return RunTool(arguments);
  }

  const std::string experiment_ = TestFolder() + "/small.textproto";
};

TEST_F(TuneLoaderTest, SuggestsThreadsAndNamesTheBottleneck) {
  const ToolRun run = Tune({"--max_threads=2", "--seconds=0.05"});
  ASSERT_EQ(run.status, 0) << run.output;
  EXPECT_THAT(run.output, ContainsRegex("\nread +[0-9.]+ +[0-9]+%\n"));
  EXPECT_THAT(run.output, ContainsRegex("\nbottleneck: [a-z]"));
  EXPECT_THAT(run.output, ContainsRegex("\n +1 +[0-9]+ +[0-9.]+\n"));
  EXPECT_THAT(run.output, ContainsRegex("\n +2 +[0-9]+ +[0-9.]+\n"));
  EXPECT_THAT(run.output, ContainsRegex("\nsuggested loader_threads: [12]\n"));
}

TEST_F(TuneLoaderTest, SaysWhatIsWrong) {
  EXPECT_THAT(Tune({"--seconds=0"}).output,
              HasSubstr("--seconds must be above 0, got 0"));
  EXPECT_THAT(Tune({"--section=tests"}).output,
              HasSubstr("--section must be train, eval or test, got tests"));
  EXPECT_THAT(Tune({"--section=test"}).output,
              HasSubstr("--section must be one that the experiment has, got "
                        "test"));
  EXPECT_EQ(Tune({"--section=test"}).status, 1);
}

}  // namespace
}  // namespace toque
