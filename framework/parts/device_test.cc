#include "framework/parts/device.h"

#include <cstdlib>

#include "ATen/Context.h"
#include "ATen/Parallel.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

// The process as it was, when a test ends.
class PrepareDeviceTest : public testing::Test {
 protected:
  ~PrepareDeviceTest() override {
    at::globalContext().setDeterministicAlgorithms(false, /*warn_only=*/false);
    at::globalContext().setDeterministicCuDNN(false);
    unsetenv("CUBLAS_WORKSPACE_CONFIG");
    unsetenv("CUDA_VISIBLE_DEVICES");
  }

  Experiment experiment_;
};

TEST_F(PrepareDeviceTest, SetsTheSwitchesOfDeterminism) {
  const at::Context& libtorch = at::globalContext();
  for (const bool on : {true, false}) {
    experiment_.set_deterministic(on);
    ASSERT_OK(PrepareDevice(experiment_));
    EXPECT_EQ(libtorch.deterministicAlgorithms(), on);
    EXPECT_EQ(libtorch.deterministicCuDNN(), on);
    EXPECT_FALSE(libtorch.deterministicAlgorithmsWarnOnly());
  }
}

TEST_F(PrepareDeviceTest, SetsTheNumberOfThreads) {
  const int before = at::get_num_threads();
  experiment_.set_compute_threads(before + 1);
  ASSERT_OK(PrepareDevice(experiment_));
  EXPECT_EQ(at::get_num_threads(), before + 1);
  at::set_num_threads(before);
}

TEST_F(PrepareDeviceTest, TakesTheCpuWhereItIsAskedFor) {
  experiment_.set_device(CPU);
  const auto device = PrepareDevice(experiment_);
  ASSERT_OK(device);
  EXPECT_EQ(*device, at::Device(at::kCPU));
}

TEST_F(PrepareDeviceTest, TakesAGpuByItselfOnlyWhereThereIsOne) {
  const auto device = PrepareDevice(experiment_);
  ASSERT_OK(device);
  EXPECT_EQ(device->is_cuda(), at::globalContext().hasCUDA());
}

TEST_F(PrepareDeviceTest, RefusesAGpuThatIsNotThere) {
  if (at::globalContext().hasCUDA()) GTEST_SKIP() << "there is a GPU";
  experiment_.set_device(CUDA);
  EXPECT_THAT(PrepareDevice(experiment_),
              FailsWith("device: CUDA needs a visible GPU"));
  experiment_.add_gpus(3);
  EXPECT_THAT(PrepareDevice(experiment_),
              FailsWith("gpus: no GPU is visible among those, got 3"));
}

TEST_F(PrepareDeviceTest, ShowsTheProcessTheGpusThatAreListed) {
  experiment_.set_device(CPU);
  ASSERT_OK(PrepareDevice(experiment_));
  EXPECT_EQ(std::getenv("CUDA_VISIBLE_DEVICES"), nullptr);
  experiment_.add_gpus(1);
  experiment_.add_gpus(0);
  ASSERT_OK(PrepareDevice(experiment_));
  EXPECT_STREQ(std::getenv("CUDA_VISIBLE_DEVICES"), "1,0");
}

}  // namespace
}  // namespace toque
