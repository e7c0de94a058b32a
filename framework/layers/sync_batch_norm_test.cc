// Two processes over Gloo against one with both batches. The test starts itself
// again for each process: sync_batch_norm_test --process RANK STORE RESULT.

#include "framework/layers/sync_batch_norm.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <string>
#include <vector>

#include "ATen/ops/allclose.h"
#include "ATen/ops/arange.h"
#include "ATen/ops/cat.h"
#include "framework/layers/all_reduce.h"
#include "framework/layers/layers.h"
#include "framework/layers/statistics.h"
#include "framework/weights/safetensors.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "torch/csrc/distributed/c10d/FileStore.hpp"
#include "torch/csrc/distributed/c10d/ProcessGroupGloo.hpp"

namespace toque {
namespace {

constexpr int kProcesses = 2;
constexpr int64_t kExamples = 8;

struct Case {
  const char* name;
  int64_t first;  // examples of process 0, of kExamples
  at::ScalarType type;
  Layer (*make)();
  std::vector<int64_t> shape;  // of an example
};

Layer Net() {
  return Sequential(Conv2d({.in = 3, .out = 4, .kernel = 3}), BatchNorm2d(4),
                    Relu(),
                    Conv2d({.in = 4, .out = 2, .kernel = 1, .bias = Bias::kNo}),
                    BatchNorm2d(2, {.momentum = 0.3}));
}

Layer WithoutAffine() {
  return BatchNorm1d(5, {.affine = BatchNormOptions::Affine::kNo});
}

Layer WithoutStatistics() {
  return BatchNorm2d(3, {.running = BatchNormOptions::Running::kNo});
}

std::vector<Case> Cases() {
  return {
      {"equal", 4, at::kDouble, Net, {3, 6, 6}},
      {"unequal", 3, at::kDouble, Net, {3, 6, 6}},
      {"one_and_seven", 1, at::kFloat, Net, {3, 6, 6}},
      {"one_value", 1, at::kDouble, WithoutAffine, {5}},
      {"none_and_all", 0, at::kDouble, WithoutAffine, {5, 3}},
      {"no_statistics", 5, at::kDouble, WithoutStatistics, {3, 2, 2}},
  };
}

void PrintTo(const Case& given, std::ostream* out) { *out << given.name; }

// Far from 0, so that a variance by squares alone would lose its digits.
at::Tensor Examples(const Case& given, int step) {
  std::vector<int64_t> shape = {kExamples};
  shape.insert(shape.end(), given.shape.begin(), given.shape.end());
  const int64_t count = c10::multiply_integers(shape);
  return (at::arange(count, at::kDouble).mul(step + 1).sin() * 2 + 30)
      .view(shape)
      .to(given.type);
}

Layer MakeNet(const Case& given) {
  const Layer net = given.make();
  net->to(given.type);
  const at::NoGradGuard no_gradients;
  for (at::Tensor& parameter : net->parameters()) {
    const auto values = at::arange(parameter.numel(), at::kDouble);
    parameter.copy_(values.add(1).cos().view(parameter.sizes()));
  }
  return net;
}

// Two steps with the examples begin to end: outputs and gradients of the input
// of each, then the gradients of parameters, and buffers.
State Train(const Layer& net, const Case& given, int64_t begin, int64_t end) {
  State result;
  for (int step = 0; step < 2; ++step) {
    const std::string number = std::to_string(step);
    at::Tensor input = Examples(given, step).slice(0, begin, end).clone();
    input.requires_grad_();
    const at::Tensor output = (*net)(input);
    const int64_t values = c10::multiply_integers(output.sizes().slice(1));
    // All outputs weigh differently, the same in any process.
    const at::Tensor weight = at::arange(kExamples * values, at::kDouble)
                                  .sqrt()
                                  .view({kExamples, -1})
                                  .slice(0, begin, end)
                                  .view(output.sizes());
    output.mul(weight).sum().backward();
    result.Set("example.output" + number, output.detach());
    result.Set("example.gradient" + number, input.grad());
  }
  for (const auto& item : net->named_parameters()) {
    result.Set("sum." + item.key(), item.value().grad());
  }
  for (const auto& item : net->named_buffers()) {
    result.Set("same." + item.key(), item.value());
  }
  return result;
}

c10::intrusive_ptr<c10d::Backend> Gloo(const std::string& store, int rank) {
  const auto options = c10d::ProcessGroupGloo::Options::create();
  options->devices.push_back(
      c10d::ProcessGroupGloo::createDeviceForHostname("127.0.0.1"));
  return c10::make_intrusive<c10d::ProcessGroupGloo>(
      c10::make_intrusive<c10d::FileStore>(store, kProcesses), rank, kProcesses,
      options);
}

int Process(int rank, const std::string& store, const std::string& path) {
  const AllReduce sum = SumOver(Gloo(store, rank));
  State results;
  for (const Case& given : Cases()) {
    const Layer net = MakeNet(given);
    SynchroniseBatchNorms(*net, sum);
    const bool first = rank == 0;
    const State state = Train(net, given, first ? 0 : given.first,
                              first ? given.first : kExamples);
    for (const auto& [name, tensor] : state.tensors()) {
      results.Set(std::string(given.name) + "/" + name, tensor);
    }
  }
  return WriteSafetensors(path, results).ok() ? 0 : 1;
}

// What each of the processes has found.
const std::array<State, kProcesses>& Results() {
  static const auto* const results = [] {
    const std::string folder = testing::TempDir() + "sync_batch_norm.";
    const std::string store = folder + "store";
    unlink(store.c_str());
    std::array<pid_t, kProcesses> processes;
    for (int rank = 0; rank < kProcesses; ++rank) {
      const std::string number = std::to_string(rank);
      const std::string path = folder + number;
      processes[rank] = fork();
      if (processes[rank] != 0) continue;
      execl("/proc/self/exe", "sync_batch_norm_test", "--process",
            number.c_str(), store.c_str(), path.c_str(), nullptr);
      _exit(1);
    }
    auto* const read = new std::array<State, kProcesses>;
    for (int rank = 0; rank < kProcesses; ++rank) {
      int status = 1;
      waitpid(processes[rank], &status, 0);
      EXPECT_EQ(status, 0) << "process " << rank;
      auto file = ReadSafetensors(folder + std::to_string(rank));
      if (file.ok()) (*read)[rank] = file->state;
    }
    return read;
  }();
  return *results;
}

class TwoProcessesTest : public testing::TestWithParam<Case> {};

TEST_P(TwoProcessesTest, EqualOneWithBothBatches) {
  const Case& given = GetParam();
  const double tolerance = given.type == at::kDouble ? 1e-10 : 2e-3;
  const State expected = Train(MakeNet(given), given, 0, kExamples);
  for (const auto& [name, whole] : expected.tensors()) {
    const std::string full_name = std::string(given.name) + "/" + name;
    const auto a = Results()[0].Get(full_name);
    const auto b = Results()[1].Get(full_name);
    ASSERT_TRUE(a.ok() && b.ok()) << full_name;
    EXPECT_TRUE(!name.starts_with("same.") || a->equal(*b)) << name;
    const at::Tensor both = name.starts_with("sum.")    ? a->add(*b)
                            : name.starts_with("same.") ? *a
                                                        : at::cat({*a, *b});
    EXPECT_TRUE(at::allclose(both, whole, tolerance, tolerance)) << name << "\n"
                                                                 << both << "\n"
                                                                 << whole;
  }
}

INSTANTIATE_TEST_SUITE_P(All, TwoProcessesTest, testing::ValuesIn(Cases()),
                         [](const auto& info) {
                           return std::string(info.param.name);
                         });

// The sum over a group of one process.
void Alone(at::Tensor& /*values*/) {}

TEST(SyncBatchNormTest, OfOneProcessEqualsPlainBatchNorm) {
  for (const Case& given : Cases()) {
    const Layer net = MakeNet(given);
    SynchroniseBatchNorms(*net, Alone);
    const State actual = Train(net, given, 0, kExamples);
    const State plain = Train(MakeNet(given), given, 0, kExamples);
    const double tolerance = given.type == at::kDouble ? 1e-10 : 2e-3;
    for (const auto& [name, tensor] : plain.tensors()) {
      EXPECT_TRUE(at::allclose(*actual.Get(name), tensor, tolerance, tolerance))
          << given.name << " " << name;
    }
  }
}

TEST(SyncBatchNormTest, EvaluationAsksNoOtherProcess) {
  const Layer net = MakeNet(Cases()[0]);
  net->eval();
  const at::Tensor input = Examples(Cases()[0], 0);
  const at::Tensor plain = (*net)(input);
  SynchroniseBatchNorms(*net, [](at::Tensor&) { FAIL() << "was asked"; });
  EXPECT_TRUE((*net)(input).equal(plain));
}

TEST(SyncBatchNormTest, ConversionFindsAllAndLeavesWhatTheyHold) {
  const Layer net = MakeNet(Cases()[0]);
  net->parameters()[2].set_requires_grad(false);
  const auto before = net->named_parameters();
  int64_t sums = 0;
  const AllReduce count = [&sums](at::Tensor&) { ++sums; };
  EXPECT_EQ(SynchroniseBatchNorms(*net, count), 2);
  EXPECT_EQ(SynchroniseBatchNorms(*net, count), 2);
  for (const auto& item : net->named_parameters()) {
    EXPECT_TRUE(item.value().is_same(before[item.key()]));
    EXPECT_EQ(item.value().requires_grad(), item.key() != "1.weight");
  }
  (*net)(Examples(Cases()[0], 0)).sum().backward();
  EXPECT_EQ(sums, 2 + 2);  // forward and backward of each
  SynchroniseBatchNorms(*net, nullptr);
  (*net)(Examples(Cases()[0], 0));
  EXPECT_EQ(sums, 2 + 2);
}

TEST(SyncBatchNormTest, RecomputedBlocksMoveStatisticsOnce) {
  const Layer net = BatchNorm1d(5, {.momentum = 1});
  SynchroniseBatchNorms(*net, Alone);
  net->Recompute();
  const at::Tensor input = at::arange(20, at::kFloat).view({4, 5});
  (*net)(input.clone().requires_grad_()).sum().backward();
  EXPECT_EQ(net->named_buffers()["num_batches_tracked"].item<int64_t>(), 1);
  EXPECT_TRUE(at::allclose(net->named_buffers()["running_mean"],
                           input.mean(at::IntArrayRef{0})));
}

TEST(SyncBatchNormTest, KeepsTheTypeOfHalfPrecisionInputs) {
  const Layer net = BatchNorm2d(3);
  SynchroniseBatchNorms(*net, Alone);
  const at::Tensor input = Examples(Cases().back(), 0).to(at::kFloat);
  at::Tensor half = input.to(at::kBFloat16).requires_grad_();
  const at::Tensor output = (*net)(half);
  output.sum().backward();
  EXPECT_EQ(output.scalar_type(), at::kBFloat16);
  EXPECT_EQ(half.grad().scalar_type(), at::kBFloat16);
  EXPECT_EQ(net->parameters()[0].grad().scalar_type(), at::kFloat);
}

TEST(SyncBatchNormTest, RefusesOneValueAChannelOverAllProcesses) {
  const Layer net = BatchNorm1d(5);
  SynchroniseBatchNorms(*net, Alone);
  try {
    (*net)(at::arange(5, at::kFloat).view({1, 5}));
    FAIL() << "nothing was thrown";
  } catch (const LayerError& error) {
    EXPECT_THAT(error.what(),
                testing::HasSubstr("input must have more than one value a "
                                   "channel in training, over all processes, "
                                   "got [1, 5]"));
  }
}

}  // namespace
}  // namespace toque

int main(int argc, char** argv) {
  if (argc == 5 && std::string_view(argv[1]) == "--process") {
    return toque::Process(std::stoi(argv[2]), argv[3], argv[4]);
  }
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
