#include "framework/loader/loader.h"

#include <numeric>
#include <stdexcept>

#include "ATen/Context.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

// Example i holds i, a draw of the data set and one of the transform.
struct Numbers : Dataset {
  absl::Status Open(const Context&) override { return absl::OkStatus(); }
  DatasetInfo Info() const override { return {.shape = {3}}; }
  int64_t size() const override { return count; }
  absl::Status Read(int64_t index, Rng& rng, Example* example) const override {
    if (index == faulty) return Invalid("must be whole", "half of it");
    const auto values = example->Values(3);
    values[0] = static_cast<float>(index);
    values[1] = static_cast<float>(rng.Uniform());
    example->SetLabel(index == labelled ? label : index % 5);
    return absl::OkStatus();
  }

  int64_t count = 50;
  int64_t faulty = -1;
  int64_t labelled = -1;
  int64_t label = 0;
};

struct Draw : Transform {
  absl::Status Apply(Example& example, Rng& rng) const override {
    if (example.index == throws_at) throw std::runtime_error("no memory");
    example.values.mutable_data_ptr<float>()[2] =
        static_cast<float>(rng.Uniform());
    return absl::OkStatus();
  }
  int64_t throws_at = -1;
};

struct Shuffled : Sampler {
  absl::Status Sample(const Population& population, Rng& rng,
                      std::vector<int64_t>* picks) const override {
    picks->resize(static_cast<size_t>(population.size));
    std::iota(picks->begin(), picks->end(), 0);
    rng.Shuffle(*picks);
    return absl::OkStatus();
  }
};

// One pick fewer each time it is asked.
struct Shrinking : Sampler {
  absl::Status Sample(const Population& population, Rng&,
                      std::vector<int64_t>* picks) const override {
    picks->assign(static_cast<size_t>(population.size - asked++), 0);
    return absl::OkStatus();
  }
  mutable int64_t asked = 0;
};

class LoaderTest : public testing::Test {
 protected:
  // Of all examples, in batches of 4.
  LoaderOptions Options(int threads) const {
    LoaderOptions options;
    options.dataset = &numbers_;
    options.end = numbers_.count;
    options.sampler = &shuffled_;
    options.transforms = {&draw_};
    options.batch_size = 4;
    options.threads = threads;
    options.seed = 7;
    return options;
  }

  static std::unique_ptr<Loader> Start(const LoaderOptions& options) {
    auto loader = Loader::Start(options);
    EXPECT_OK(loader);
    return loader.ok() ? *std::move(loader) : nullptr;
  }

  Numbers numbers_;
  Draw draw_;
  Shuffled shuffled_;
};

// Everything in a batch.
std::string BytesOf(const Batch& batch) {
  std::string bytes;
  for (const at::Tensor& tensor : {batch.input, batch.target}) {
    bytes.append(static_cast<const char*>(tensor.const_data_ptr()),
                 tensor.nbytes());
  }
  bytes.append(reinterpret_cast<const char*>(batch.index.data()),
               batch.index.size() * sizeof(int64_t));
  return bytes;
}

std::vector<std::string> Take(Loader& loader, int64_t batches) {
  std::vector<std::string> taken;
  Batch batch;
  for (int64_t i = 0; i < batches; ++i) {
    EXPECT_OK(loader.Next(&batch));
    taken.push_back(BytesOf(batch));
  }
  return taken;
}

TEST_F(LoaderTest, MakesTheSameBytesWithAnyNumberOfThreads) {
  const auto expected = Take(*Start(Options(0)), 3 * 13);
  for (const int threads : {1, 2, 16}) {
    EXPECT_EQ(Take(*Start(Options(threads)), 3 * 13), expected) << threads;
  }
}

TEST_F(LoaderTest, ShufflesAndDrawsAnewInEachEpoch) {
  const auto batches = Take(*Start(Options(0)), 2 * 13);
  EXPECT_NE(batches[0], batches[13]);
}

TEST_F(LoaderTest, StartingInMidEpochEqualsGoingOnFromThere) {
  const auto all = Take(*Start(Options(2)), 3 * 13);
  const std::vector<std::pair<int64_t, int64_t>> starts = {
      {0, 5}, {1, 0}, {1, 12}, {2, 1}};
  for (const auto& [epoch, batch] : starts) {
    LoaderOptions options = Options(2);
    options.epoch = epoch;
    options.batch = batch;
    const int64_t first = epoch * 13 + batch;
    EXPECT_EQ(Take(*Start(options), 3 * 13 - first),
              std::vector<std::string>(all.begin() + first, all.end()))
        << "from batch " << batch << " of epoch " << epoch;
  }
}

TEST_F(LoaderTest, EvaluationDrawsTheSameInEachEpoch) {
  LoaderOptions options = Options(2);
  options.training = false;
  const auto batches = Take(*Start(options), 2 * 13);
  EXPECT_TRUE(
      std::equal(batches.begin(), batches.begin() + 13, batches.begin() + 13));
}

TEST_F(LoaderTest, LeavesABatchAloneThatSomebodyHolds) {
  const auto loader = Start(Options(2));
  std::vector<Batch> held(6);
  std::vector<std::string> before;
  for (Batch& batch : held) {
    ASSERT_OK(loader->Next(&batch));
    before.push_back(BytesOf(batch));
  }
  Take(*loader, 3 * 13);
  for (size_t i = 0; i < held.size(); ++i) {
    EXPECT_EQ(BytesOf(held[i]), before[i]) << "batch " << i;
  }
}

TEST_F(LoaderTest, TakesNoMoreMemoryAfterTheFirstEpoch) {
  const auto loader = Start(Options(0));
  Take(*loader, 13);
  // That of a full batch and that of the last one.
  EXPECT_EQ(loader->allocations(), 2);
  Take(*loader, 10 * 13);
  EXPECT_EQ(loader->allocations(), 2);

  // Threads keep up to four batches, one of them a last one.
  const auto threaded = Start(Options(2));
  Take(*threaded, 11 * 13);
  EXPECT_LE(threaded->allocations(), 5);
}

TEST_F(LoaderTest, PinsTheMemoryOfBatchesWhereAskedTo) {
  LoaderOptions options = Options(1);
  Batch batch;
  ASSERT_OK(Start(options)->Next(&batch));
  EXPECT_FALSE(batch.input.is_pinned());
  if (!at::globalContext().hasCUDA()) GTEST_SKIP() << "there is no GPU";
  options.pinned = true;
  ASSERT_OK(Start(options)->Next(&batch));
  EXPECT_TRUE(batch.input.is_pinned());
}

TEST_F(LoaderTest, EndsAnEpochWithASmallerBatch) {
  const auto loader = Start(Options(2));
  EXPECT_EQ(loader->batches_per_epoch(), 13);
  EXPECT_EQ(loader->examples_per_epoch(), 50);
  Take(*loader, 12);
  Batch batch;
  ASSERT_OK(loader->Next(&batch));
  EXPECT_EQ(batch.size(), 2);
  EXPECT_EQ(batch.input.sizes(), at::IntArrayRef({2, 3}));
  EXPECT_EQ(batch.target.sizes(), at::IntArrayRef({2}));
}

TEST_F(LoaderTest, LeavesASmallerBatchOutWhenAsked) {
  LoaderOptions options = Options(2);
  options.drop_last = true;
  const auto loader = Start(options);
  EXPECT_EQ(loader->batches_per_epoch(), 12);
  EXPECT_EQ(loader->examples_per_epoch(), 48);
  options.batch_size = 51;
  EXPECT_THAT(Loader::Start(options),
              FailsWith("an epoch of 50 examples must hold a batch of 51"));
}

TEST_F(LoaderTest, DeliversAnErrorAtItsBatchAndEverAfter) {
  numbers_.faulty = 17;
  for (const int threads : {0, 2}) {
    LoaderOptions options = Options(threads);
    options.sampler = nullptr;
    const auto loader = Start(options);
    Take(*loader, 4);
    Batch batch;
    for (int again = 0; again < 3; ++again) {
      EXPECT_THAT(loader->Next(&batch),
                  FailsWith("example 17: must be whole, got half of it"));
    }
  }
}

TEST_F(LoaderTest, ReportsAnErrorOfTheFirstExampleAtOnce) {
  numbers_.faulty = 0;
  LoaderOptions options = Options(2);
  options.sampler = nullptr;
  EXPECT_THAT(Loader::Start(options), FailsWith("example 0: must be whole"));
}

TEST_F(LoaderTest, TurnsAnExceptionOfAThreadIntoAnError) {
  draw_.throws_at = 17;
  LoaderOptions options = Options(2);
  options.sampler = nullptr;
  const auto loader = Start(options);
  Take(*loader, 4);
  Batch batch;
  EXPECT_THAT(loader->Next(&batch), FailsWith("no memory"));
}

TEST_F(LoaderTest, RefusesALabelThatTheModelHasNoOutputFor) {
  numbers_.labelled = 9;
  LoaderOptions options = Options(2);
  options.sampler = nullptr;
  options.label_limit = 5;
  for (const int64_t label : {5, -1}) {
    numbers_.label = label;
    const auto loader = Start(options);
    Take(*loader, 2);
    Batch batch;
    EXPECT_THAT(
        loader->Next(&batch),
        FailsWith(absl::StrCat("example 9: the label must be in 0 .. 4, as the "
                               "model has that many outputs, got ",
                               label)));
  }
}

TEST_F(LoaderTest, LetsAnIgnoredLabelPass) {
  numbers_.labelled = 9;
  numbers_.label = kIgnoredLabel;
  LoaderOptions options = Options(2);
  options.sampler = nullptr;
  options.label_limit = 5;
  const auto loader = Start(options);
  Take(*loader, 2);
  Batch batch;
  ASSERT_OK(loader->Next(&batch));
  EXPECT_EQ(batch.target[1].item<int64_t>(), kIgnoredLabel);
}

TEST_F(LoaderTest, RefusesAnEpochOfAnotherLength) {
  for (const int threads : {0, 2}) {
    const Shrinking shrinking;
    LoaderOptions options = Options(threads);
    options.sampler = &shrinking;
    const auto loader = Start(options);
    Take(*loader, 13);
    Batch batch;
    for (int again = 0; again < 2; ++again) {
      EXPECT_THAT(
          loader->Next(&batch),
          FailsWith("epoch 1 must have 50 examples as the first, got 49"));
    }
  }
}

TEST_F(LoaderTest, CanBeTornDownAtAnyMoment) {
  for (int i = 0; i < 2000; ++i) {
    Take(*Start(Options(i % 4)), i % 17);
  }
}

}  // namespace
}  // namespace toque
