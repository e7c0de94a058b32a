#include "c10/core/CachingDeviceAllocator.h"
#include "framework/core/hook.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

// The allocator of a device that tests can have everywhere: LibTorch keeps this
// type free for others. It only counts.
class Counter : public c10::DeviceAllocator {
 public:
  static constexpr at::DeviceType kDevice = at::DeviceType::PrivateUse1;

  bool initialized() override { return true; }
  void emptyCache(c10::MempoolId_t) override { ++count; }
  c10::DataPtr allocate(size_t) override { return {}; }
  void recordStream(const c10::DataPtr&, c10::Stream) override {}
  c10::CachingDeviceAllocator::DeviceStats getDeviceStats(
      c10::DeviceIndex) override {
    return {};
  }
  void resetAccumulatedStats(c10::DeviceIndex) override {}
  void resetPeakStats(c10::DeviceIndex) override {}
  void copy_data(void*, const void*, size_t) const override {}

  int count = 0;
};

// How often the cache was emptied up to the end of each of six epochs, each
// with an evaluation.
std::string Course(const std::string& options, at::DeviceType device) {
  Counter counter;
  c10::SetAllocator(Counter::kDevice, &counter);
  const auto hook = MakeOrDie<Hook>("recipe.EmptyCache", options);
  toque::Run run;
  run.device = at::Device(device);
  std::string course;
  for (int epoch = 1; epoch <= 6; ++epoch) {
    run.progress.epoch = epoch;
    EXPECT_OK(hook->AfterEvaluation(run));
    absl::StrAppend(&course, counter.count, ",");
    EXPECT_OK(hook->AfterEpoch(run));
    absl::StrAppend(&course, counter.count, " ");
  }
  c10::SetAllocator(Counter::kDevice, nullptr);
  return course;
}

TEST(EmptyCacheTest, EmptiesTheCacheAfterEpochs) {
  EXPECT_EQ(Course("", Counter::kDevice), "0,1 1,2 2,3 3,4 4,5 5,6 ");
  EXPECT_EQ(Course("every: 3", Counter::kDevice), "0,0 0,0 0,1 1,1 1,1 1,2 ");
}

TEST(EmptyCacheTest, EmptiesTheCacheAfterEvaluations) {
  EXPECT_EQ(Course("when: AFTER_EVALUATION", Counter::kDevice),
            "1,1 2,2 3,3 4,4 5,5 6,6 ");
  EXPECT_EQ(Course("when: AFTER_EVALUATION every: 4", Counter::kDevice),
            "0,0 0,0 0,0 1,1 1,1 1,1 ");
}

TEST(EmptyCacheTest, DoesNothingOnTheCpu) {
  EXPECT_EQ(Course("", at::kCPU), "0,0 0,0 0,0 0,0 0,0 0,0 ");
}

TEST(EmptyCacheTest, RefusesOptionsOutOfRange) {
  EXPECT_THAT(Make<Hook>("recipe.EmptyCache", "every: 0"),
              FailsWith("every must be at least 1, got 0"));
}

}  // namespace
}  // namespace toque
