// What becomes of examples that are broken.

#include <set>
#include <string>

#include "framework/loader/loader.h"
#include "framework/testing/testing.h"
#include "glog/logging.h"

namespace toque {
namespace {

using Indices = std::vector<int64_t>;

// Example i holds i and a draw.
struct Files : Dataset {
  absl::Status Open(const Context&) override { return absl::OkStatus(); }
  DatasetInfo Info() const override { return {.shape = {2}}; }
  int64_t size() const override { return 50; }
  std::string Name(int64_t index) const override {
    return absl::StrCat("example ", index, " (", index, ".jpg)");
  }
  absl::Status Read(int64_t index, Rng& rng, Example* example) const override {
    if (broken.contains(index)) return Broken("byte 7: the file ends");
    if (index == invalid) return Invalid("the label must be a number", "cat");
    const auto values = example->Values(2);
    values[0] = static_cast<float>(index);
    values[1] = static_cast<float>(rng.Uniform());
    example->SetLabel(index % 5);
    return absl::OkStatus();
  }

  std::set<int64_t> broken;
  int64_t invalid = -1;
};

// Finds examples broken that could be read.
struct Decode : Transform {
  absl::Status Apply(Example& example, Rng&) const override {
    if (broken.contains(example.index)) return Broken("byte 9: no such code");
    return example.index == invalid ? Invalid("it must fit") : absl::Status();
  }
  std::set<int64_t> broken;
  int64_t invalid = -1;
};

struct Shuffled : Sampler {
  absl::Status Sample(const Population& population, Rng& rng,
                      std::vector<int64_t>* picks) const override {
    picks->clear();
    for (int64_t i = 0; i < population.size; ++i) picks->push_back(i);
    rng.Shuffle(*picks);
    return absl::OkStatus();
  }
};

struct Warnings : google::LogSink {
  Warnings() { google::AddLogSink(this); }
  ~Warnings() override { google::RemoveLogSink(this); }
  using google::LogSink::send;
  void send(google::LogSeverity, const char*, const char*, int,
            const google::LogMessageTime&, const char* message,
            size_t size) override {
    texts.emplace_back(message, size);
  }
  std::vector<std::string> texts;
};

class BrokenTest : public testing::Test {
 protected:
  LoaderOptions Options(OnBroken on_broken, int threads = 0) const {
    LoaderOptions options;
    options.dataset = &files_;
    options.end = files_.size();
    options.transforms = {&decode_};
    options.batch_size = 4;
    options.threads = threads;
    options.on_broken = on_broken;
    return options;
  }

  static std::unique_ptr<Loader> Start(const LoaderOptions& options) {
    auto loader = Loader::Start(options);
    EXPECT_OK(loader);
    return loader.ok() ? *std::move(loader) : nullptr;
  }
  // The first error.
  static absl::Status Failure(const LoaderOptions& options) {
    auto loader = Loader::Start(options);
    Batch batch;
    for (int i = 0; loader.ok() && i < 100; ++i) {
      RETURN_IF_ERROR((*loader)->Next(&batch));
    }
    return loader.status();
  }

  Files files_;
  Decode decode_;
  Shuffled shuffled_;
};

struct Taken {
  Indices index;
  std::vector<float> values, draws;
  Indices labels;
  int64_t broken = 0;
  bool operator==(const Taken&) const = default;
};

std::vector<Taken> Take(Loader& loader, int batches) {
  std::vector<Taken> taken;
  Batch batch;
  for (int i = 0; i < batches; ++i) {
    EXPECT_OK(loader.Next(&batch));
    Taken& one = taken.emplace_back(Taken{batch.index, {}, {}, {}, 0});
    EXPECT_EQ(batch.input.size(0), batch.size());
    EXPECT_EQ(batch.target.size(0), batch.size());
    for (int64_t row = 0; row < batch.size(); ++row) {
      one.values.push_back(batch.input[row][0].item<float>());
      one.draws.push_back(batch.input[row][1].item<float>());
      one.labels.push_back(batch.target[row].item<int64_t>());
    }
    one.broken = loader.broken();
  }
  return taken;
}

TEST_F(BrokenTest, NamesTheExampleThatEndsTheLoader) {
  files_.broken = {17};
  for (const int threads : {0, 1, 2, 4}) {
    const absl::Status status = Failure(Options(OnBroken::kFail, threads));
    EXPECT_EQ(status.message(), "example 17 (17.jpg): byte 7: the file ends");
    EXPECT_TRUE(absl::IsDataLoss(status));
  }
  files_.broken = {0};
  EXPECT_THAT(Loader::Start(Options(OnBroken::kFail)),
              FailsWith("example 0 (0.jpg): byte 7: the file ends"));
}

TEST_F(BrokenTest, NamesTheTransformThatFailsUnlessTheFileIsBroken) {
  LoaderOptions options = Options(OnBroken::kFail);
  options.transform_names = {"test.Decode"};
  decode_.invalid = 17;
  EXPECT_EQ(Failure(options).message(),
            "example 17 (17.jpg): transform[0]: test.Decode: it must fit");
  decode_.invalid = -1;
  decode_.broken = {17};
  EXPECT_EQ(Failure(options).message(),
            "example 17 (17.jpg): byte 9: no such code");
}

TEST_F(BrokenTest, SkippedExamplesMakeTheirBatchSmaller) {
  files_.broken = {1, 4};
  decode_.broken = {5, 10};
  for (const int threads : {0, 1, 2, 4}) {
    const auto taken = Take(*Start(Options(OnBroken::kSkip, threads)), 4);
    EXPECT_EQ(taken[0].index, (Indices{0, 2, 3})) << threads;
    EXPECT_EQ(taken[0].values, (std::vector<float>{0, 2, 3}));
    EXPECT_EQ(taken[0].labels, (Indices{0, 2, 3}));
    EXPECT_EQ(taken[0].broken, 1);
    EXPECT_EQ(taken[1].index, (Indices{6, 7}));
    EXPECT_EQ(taken[1].labels, (Indices{1, 2}));
    EXPECT_EQ(taken[1].broken, 3);
    EXPECT_EQ(taken[2].values, (std::vector<float>{8, 9, 11}));
    EXPECT_EQ(taken[3].index, (Indices{12, 13, 14, 15}));
    EXPECT_EQ(taken[3].broken, 4);
  }
}

TEST_F(BrokenTest, ReplacesByTheNextWholeExampleWithTheSameDraws) {
  const auto whole = Take(*Start(Options(OnBroken::kReplace)), 13);
  files_.broken = {1, 4, 49};
  decode_.broken = {5};
  for (const int threads : {0, 1, 2, 4}) {
    const auto taken = Take(*Start(Options(OnBroken::kReplace, threads)), 13);
    EXPECT_EQ(taken[0].index, (Indices{0, 2, 2, 3})) << threads;
    EXPECT_EQ(taken[0].values, (std::vector<float>{0, 2, 2, 3}));
    EXPECT_EQ(taken[0].labels, (Indices{0, 2, 2, 3}));
    EXPECT_EQ(taken[1].index, (Indices{6, 6, 6, 7}));
    EXPECT_EQ(taken[1].broken, 3);
    EXPECT_EQ(taken[12].index, (Indices{48, 0}));
    EXPECT_EQ(taken[12].broken, 4);
    for (size_t i = 0; i < whole.size(); ++i) {
      EXPECT_EQ(taken[i].draws, whole[i].draws) << "batch " << i;
    }
  }
}

TEST_F(BrokenTest, ReplacementsStayInTheRange) {
  files_.broken = {19};
  LoaderOptions options = Options(OnBroken::kReplace);
  options.begin = 10;
  options.end = 20;
  EXPECT_EQ(Take(*Start(options), 3)[2].index, (Indices{18, 10}));
}

TEST_F(BrokenTest, LooksAtSixteenExamplesForAReplacement) {
  for (int64_t i = 3; i < 19; ++i) files_.broken.insert(i);
  EXPECT_EQ(Take(*Start(Options(OnBroken::kReplace)), 1)[0].index,
            (Indices{0, 1, 2, 19}));
  files_.broken.insert(19);
  for (const int threads : {0, 2}) {
    EXPECT_EQ(Failure(Options(OnBroken::kReplace, threads)).message(),
              "one of the 16 examples after example 3 (3.jpg), which is "
              "broken, must be whole, got example 19 (19.jpg): byte 7: the "
              "file ends");
  }
}

TEST_F(BrokenTest, ABatchOfBrokenExamplesAloneIsAnError) {
  constexpr char kText[] =
      "one of the 4 examples of a batch must be whole, got example ";
  files_.broken = {4, 5, 6, 7};
  for (const int threads : {0, 1, 2, 4}) {
    EXPECT_EQ(Failure(Options(OnBroken::kSkip, threads)).message(),
              absl::StrCat(kText, "4 (4.jpg): byte 7: the file ends"));
  }
  files_.broken = {0, 1, 2, 3};
  EXPECT_THAT(Loader::Start(Options(OnBroken::kSkip)),
              FailsWith(absl::StrCat(kText, "0 (0.jpg): byte 7")));
}

TEST_F(BrokenTest, TheFirstExampleMayBeBrokenToo) {
  files_.broken = {0, 1};
  EXPECT_EQ(Take(*Start(Options(OnBroken::kSkip)), 1)[0].index,
            (Indices{2, 3}));
  EXPECT_EQ(Take(*Start(Options(OnBroken::kReplace)), 1)[0].index,
            (Indices{2, 2, 2, 3}));
}

TEST_F(BrokenTest, OtherErrorsEndTheLoaderUnderEachPolicy) {
  files_.invalid = 17;
  const char* text = "example 17 (17.jpg): the label must be a number, got cat";
  for (const auto policy : {OnBroken::kSkip, OnBroken::kReplace}) {
    EXPECT_EQ(Failure(Options(policy, 2)).message(), text);
  }
}

TEST_F(BrokenTest, BatchesDoNotDependOnThreadsNorOnWhereTheyBegin) {
  files_.broken = {3, 4, 20, 33, 34, 35};
  decode_.broken = {0, 41};
  for (const auto policy : {OnBroken::kSkip, OnBroken::kReplace}) {
    LoaderOptions options = Options(policy);
    options.sampler = &shuffled_;
    const auto expected = Take(*Start(options), 3 * 13);
    EXPECT_EQ(expected.back().broken, 3 * 8);
    for (const int threads : {1, 2, 4}) {
      options.threads = threads;
      EXPECT_EQ(Take(*Start(options), 3 * 13), expected) << threads;
    }
    options.epoch = 1;
    options.batch = 5;
    const auto rest = Take(*Start(options), 8);
    for (size_t i = 0; i < rest.size(); ++i) {
      EXPECT_EQ(rest[i].index, expected[18 + i].index);
      EXPECT_EQ(rest[i].draws, expected[18 + i].draws);
    }
  }
}

TEST_F(BrokenTest, TakesNoMoreMemoryForSkippedExamples) {
  files_.broken = {3, 4, 48};
  const auto loader = Start(Options(OnBroken::kSkip));
  Take(*loader, 11 * 13);
  EXPECT_EQ(loader->allocations(), 2);
}

TEST_F(BrokenTest, NamesEachBrokenExampleOnceInTheLog) {
  files_.broken = {3, 17};
  LoaderOptions options = Options(OnBroken::kSkip, 2);
  options.broken_log = std::make_shared<BrokenLog>();
  const Warnings warnings;
  Take(*Start(options), 3 * 13);
  options.on_broken = OnBroken::kReplace;
  Take(*Start(options), 13);
  EXPECT_THAT(warnings.texts,
              testing::UnorderedElementsAre(
                  "left out: example 3 (3.jpg): byte 7: the file ends",
                  "left out: example 17 (17.jpg): byte 7: the file ends"));
}

TEST_F(BrokenTest, SaysInTheLogThatAnExampleIsReplaced) {
  files_.broken = {3};
  const Warnings warnings;
  Take(*Start(Options(OnBroken::kReplace)), 13);
  EXPECT_THAT(warnings.texts, testing::ElementsAre(testing::StartsWith(
                                  "replaced: example 3 (3.jpg): byte 7")));
}

TEST(BrokenLogTest, StopsNamingWhereTooManyAreBroken) {
  const Warnings warnings;
  BrokenLog log;
  for (int64_t i = 0; i < 3000; ++i) log.Add(i, Broken("gone"));
  ASSERT_EQ(warnings.texts.size(), BrokenLog::kMost + 1);
  EXPECT_EQ(warnings.texts.back(),
            "left out: 1000 broken examples so far; no more of them are named");
}

}  // namespace
}  // namespace toque
