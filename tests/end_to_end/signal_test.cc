// Signals to a running experiment.

#include <unistd.h>

#include <csignal>
#include <fstream>
#include <optional>

#include "framework/testing/testing.h"
#include "tools/metrics_file.h"
#include "tools/subprocess.h"

namespace toque {
namespace {

constexpr char kProgram[] = "experiments/synthetic_mlp";

std::vector<std::string> Arguments(const std::string& run) {
  // Long enough not to end by itself before the signal.
  return {kProgram, "--run_dir=" + run,
          "--set=steps: 10000 log_every_steps: 1"};
}

std::string ReadBytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string LastCheckpoint(const std::string& run) {
  const std::string bytes = ReadBytes(run + "/checkpoints/last.safetensors");
  EXPECT_FALSE(bytes.empty()) << run;
  return bytes;
}

class SignalTest : public testing::TestWithParam<int> {};

TEST_P(SignalTest, EndsARunAfterItsStepAndResumingEndsEqual) {
  const std::string folder = TestFolder();
  ASSERT_OK(RunProgram(Arguments(folder + "/whole"), folder + "/whole.txt"));

  std::vector<std::string> arguments = Arguments(folder + "/run");
  auto program = Subprocess::Start(arguments, folder + "/run.txt");
  ASSERT_OK(program);
  while ((*program)->Running() &&
         LastMetric(folder + "/run", "step").value_or(0) < 3) {
    usleep(100);
  }
  (*program)->Signal(GetParam());
  EXPECT_EQ((*program)->Wait(), 128 + GetParam())
      << ReadBytes(folder + "/run.txt");
  const double step = LastMetric(folder + "/run", "step").value_or(0);
  EXPECT_GE(step, 3);
  EXPECT_LT(step, 10000);
  EXPECT_NE(LastCheckpoint(folder + "/run"), LastCheckpoint(folder + "/whole"));

  arguments.push_back("--resume");
  ASSERT_OK(RunProgram(arguments, folder + "/resumed.txt"));
  EXPECT_EQ(LastCheckpoint(folder + "/run"), LastCheckpoint(folder + "/whole"));
  EXPECT_THAT(ReadBytes(folder + "/resumed.txt"),
              testing::HasSubstr("done: accuracy/eval "));
}

INSTANTIATE_TEST_SUITE_P(Signals, SignalTest, testing::Values(SIGINT, SIGTERM));

}  // namespace
}  // namespace toque
