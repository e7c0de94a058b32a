// What every data set must do.

#include <algorithm>
#include <thread>

#include "ATen/core/Tensor.h"
#include "framework/core/dataset.h"
#include "framework/testing/conformance.h"

namespace toque {
namespace {

// All that an example holds, as numbers.
struct Snapshot {
  std::vector<std::vector<int64_t>> shapes;  // of each image, or of the values
  std::vector<float> numbers;
  TargetKind kind = TargetKind::kLabel;
  int64_t label = 0;
  std::vector<float> target;

  bool operator==(const Snapshot&) const = default;
};

Snapshot SnapshotOf(const Example& example) {
  Snapshot snapshot;
  for (const auto& view : example.images) {
    for (const Image& image : view) {
      snapshot.shapes.push_back(
          {image.channels(), image.height(), image.width()});
      const size_t before = snapshot.numbers.size();
      snapshot.numbers.resize(before + static_cast<size_t>(image.elements()));
      EXPECT_OK(image.Write(snapshot.numbers.data() + before));
    }
  }
  if (!example.has_images()) {
    const at::Tensor values = example.values.to(at::kFloat).contiguous();
    snapshot.shapes.push_back(values.sizes().vec());
    const float* begin = values.const_data_ptr<float>();
    snapshot.numbers.assign(begin, begin + values.numel());
  }
  snapshot.kind = example.target_kind();
  if (snapshot.kind == TargetKind::kLabel) {
    snapshot.label = example.label();
  } else {
    snapshot.target.assign(example.target().begin(), example.target().end());
  }
  return snapshot;
}

class DatasetConformance : public testing::TestWithParam<Candidate> {
 protected:
  void SetUp() override {
    auto made = Make<Dataset>(GetParam());
    ASSERT_OK(made);
    dataset_ = *std::move(made);
    ASSERT_OK(dataset_->Open(Context()));
    ASSERT_GT(dataset_->size(), 0);
    count_ = std::min<int64_t>(dataset_->size(), 50);
  }

  void ReadInto(int64_t index, Example& example) const {
    Rng rng(7, 0, static_cast<uint64_t>(index));
    example.index = index;
    ASSERT_OK(dataset_->Read(index, rng, &example));
  }

  Snapshot Read(int64_t index) const {
    Example example;
    ReadInto(index, example);
    return SnapshotOf(example);
  }

  std::unique_ptr<Dataset> dataset_;
  int64_t count_ = 0;  // examples that the tests read
};

TEST_P(DatasetConformance, HoldsWhatItsInfoSays) {
  const DatasetInfo info = dataset_->Info();
  for (int64_t i = 0; i < count_; ++i) {
    const Snapshot snapshot = Read(i);
    EXPECT_EQ(snapshot.kind, info.target);
    for (const auto& shape : snapshot.shapes) {
      EXPECT_TRUE(info.shape.empty() || shape == info.shape);
    }
    if (info.target == TargetKind::kLabel) {
      EXPECT_GE(snapshot.label, 0);
      EXPECT_LT(snapshot.label, info.classes);
    }
  }
  if (!info.class_names.empty()) {
    EXPECT_EQ(static_cast<int64_t>(info.class_names.size()), info.classes);
  }
}

TEST_P(DatasetConformance, ReadsAnExampleTwiceAlike) {
  for (int64_t i = 0; i < count_; ++i) EXPECT_EQ(Read(i), Read(i));
}

TEST_P(DatasetConformance, ReadsTheLastExample) {
  EXPECT_FALSE(Read(dataset_->size() - 1).numbers.empty());
}

TEST_P(DatasetConformance, OverwritesWhateverAnExampleHeldBefore) {
  Example of_values, of_images;
  std::ranges::fill(of_values.Values(3), 9.0f);
  of_values.SetTarget(5);
  of_images.images.resize(2);
  for (auto& view : of_images.images) view.resize(3);
  std::ranges::fill(of_images.images[0][0].Allocate(2, 9, 9), uint8_t{9});
  of_images.images[0][0].Flip();
  of_images.SetLabel(77);
  for (int64_t i = 0; i < count_; ++i) {
    const Snapshot expected = Read(i);
    for (Example* const used : {&of_values, &of_images}) {
      ReadInto(i, *used);
      EXPECT_EQ(SnapshotOf(*used), expected);
    }
  }
}

TEST_P(DatasetConformance, ReadsTheSameFromSeveralThreads) {
  std::vector<Snapshot> expected;
  for (int64_t i = 0; i < count_; ++i) expected.push_back(Read(i));
  std::vector<std::vector<Snapshot>> read(4);
  std::vector<std::thread> threads;
  for (auto& snapshots : read) {
    threads.emplace_back([this, &snapshots] {
      for (int64_t i = 0; i < count_; ++i) snapshots.push_back(Read(i));
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& snapshots : read) EXPECT_TRUE(snapshots == expected);
}

TEST_P(DatasetConformance, LabelsAreThoseOfItsExamples) {
  const auto labels = dataset_->Labels();
  if (!labels.ok()) {
    EXPECT_EQ(labels.status().code(), absl::StatusCode::kUnimplemented);
    return;
  }
  ASSERT_EQ(static_cast<int64_t>(labels->size()), dataset_->size());
  for (int64_t i = 0; i < count_; ++i) {
    EXPECT_EQ((*labels)[static_cast<size_t>(i)], Read(i).label);
  }
}

CONFORMANCE_SUITE(DatasetConformance, Dataset::kKind);

}  // namespace
}  // namespace toque
