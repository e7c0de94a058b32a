// What the trainer adds to a step, against a bare LibTorch loop: MLP 32-32-10,
// batch 8, SGD, one thread.
//
//   tools/bazel run //tests/benchmarks:trainer -- [--rounds=7] [--steps=20000]

#include "framework/trainer/trainer.h"

#include <filesystem>
#include <iostream>
#include <memory>

#include "ATen/Parallel.h"
#include "framework/command/flags.h"
#include "framework/core/model.h"
#include "framework/core/model_access.h"
#include "gflags/gflags.h"
#include "glog/logging.h"
#include "google/protobuf/text_format.h"
#include "tests/benchmarks/fixed_loader.h"
#include "tests/benchmarks/measure.h"
#include "torch/nn/functional/loss.h"
#include "torch/nn/modules/activation.h"
#include "torch/nn/modules/container/sequential.h"
#include "torch/nn/modules/linear.h"
#include "torch/optim/sgd.h"

DEFINE_int32(rounds, 7, "Rounds, of which the best and the median count.");
DEFINE_int32(steps, 20000, "Steps a round.");

namespace toque {
namespace {

constexpr char kExperiment[] = R"(
  model { [type.googleapis.com/recipe.Mlp] { inputs: 32 hidden: 32 } }
  loss { [type.googleapis.com/recipe.CrossEntropy] {} }
  train {
    dataset { [type.googleapis.com/recipe.Synthetic] {} }
    sampler { [type.googleapis.com/recipe.Sequential] {} }
    batch_size: 8
    loader_threads: 0
  }
  optimizer { [type.googleapis.com/recipe.Sgd] { lr: 0.01 } }
  compute_threads: 1
  device: CPU
)";

constexpr char kHooks[] = R"(
  hook { [type.googleapis.com/recipe.Accuracy] {} }
  hook { [type.googleapis.com/recipe.ProgressBar] {} }
)";

// Ten, with the JSON lines that the trainer writes for any of them.
constexpr char kTenHooks[] = R"(
  eval {
    dataset { [type.googleapis.com/recipe.Synthetic] { examples: 8 } }
    batch_size: 8
    loader_threads: 0
  }
  hook { [type.googleapis.com/recipe.Accuracy] {} }
  hook { [type.googleapis.com/recipe.ProgressBar] {} }
  hook { [type.googleapis.com/recipe.TensorBoard] {} }
  hook { [type.googleapis.com/recipe.Ema] { decay: 0.99 } }
  hook { [type.googleapis.com/recipe.ClipGradNorm] { max_norm: 1 } }
  hook { [type.googleapis.com/recipe.WarmUp] { length: 100 per: STEP } }
  hook { [type.googleapis.com/recipe.Cosine] {} }
  hook {
    [type.googleapis.com/recipe.EarlyStopping] {
      metric: "accuracy/eval"
      patience: 1000000
    }
  }
  hook { [type.googleapis.com/recipe.Checkpoint] {} }
)";

Batch FixedBatch() {
  Batch batch;
  at::manual_seed(2);
  batch.input = torch::randn({8, 32});
  batch.target = torch::randint(10, {8});
  batch.index.resize(8);
  return batch;
}

class Ours {
 public:
  Ours(const std::string& more, const std::string& folder) {
    Experiment experiment;
    CHECK(google::protobuf::TextFormat::ParseFromString(kExperiment + more,
                                                        &experiment));
    experiment.set_steps(1);
    auto trainer =
        Trainer::Create(experiment, Context(), {"benchmark", folder, nullptr});
    CHECK(trainer.ok()) << trainer.status();
    trainer_ = *std::move(trainer);
    trainer_->UseLoader(std::make_unique<FixedLoader>(FixedBatch()));
  }

  // Trains on, and returns the number of steps.
  double Run(int64_t steps) {
    Run_().progress.total_steps = Run_().progress.step + steps;
    const auto outcome = trainer_->Train();
    CHECK(outcome.ok()) << outcome.status();
    return static_cast<double>(steps);
  }
  toque::Run& Run_() { return trainer_->run(); }

 private:
  std::unique_ptr<Trainer> trainer_;
};

// The loop that one would write by hand. The gradients are released as LibTorch
// does by default.
class Bare {
 public:
  Bare()
      : net_(torch::nn::Linear(32, 32), torch::nn::ReLU(),
             torch::nn::Linear(32, 10)),
        optimizer_(net_->parameters(), 0.01),
        batch_(FixedBatch()) {}

  double Run(int64_t steps) {
    for (int64_t i = 0; i < steps; ++i) {
      optimizer_.zero_grad();
      auto loss = torch::nn::functional::cross_entropy(
          net_->forward(batch_.input), batch_.target);
      loss.backward();
      optimizer_.step();
    }
    return static_cast<double>(steps);
  }
  torch::nn::Sequential& net() { return net_; }

 private:
  torch::nn::Sequential net_;
  torch::optim::SGD optimizer_;
  Batch batch_;
};

// Both must do the same: from equal weights, 1,000 steps lead to equal ones.
void CheckEqual() {
  Ours ours("", "");
  Bare bare;
  const NamedTensors parameters = Parameters(*ours.Run_().model);
  const auto theirs = bare.net()->parameters();
  CHECK_EQ(parameters.size(), theirs.size());
  const torch::NoGradGuard no_gradients;
  for (size_t i = 0; i < theirs.size(); ++i) {
    theirs[i].copy_(parameters[i].second);
  }
  {
    const torch::AutoGradMode gradients(true);
    ours.Run(1000);
    bare.Run(1000);
  }
  for (size_t i = 0; i < theirs.size(); ++i) {
    const double difference =
        theirs[i].sub(parameters[i].second).abs().max().item<double>();
    CHECK_LT(difference, 1e-5) << parameters[i].first;
  }
}

void Print(const std::vector<std::string>& names,
           const std::vector<Timing>& timings) {
  for (size_t i = 0; i < names.size(); ++i) {
    PrintResult(names[i] + "_best", Timing::Best(timings[i].cpu) * 1e6,
                "us/step");
    PrintResult(names[i] + "_median", Timing::Median(timings[i].cpu) * 1e6,
                "us/step");
    if (i == 0) continue;
    std::vector<double> above;
    for (size_t round = 0; round < timings[i].cpu.size(); ++round) {
      above.push_back(timings[i].cpu[round] - timings[0].cpu[round]);
    }
    PrintResult(names[i] + "_above_bare_median", Timing::Median(above) * 1e6,
                "us/step");
    PrintResult(
        names[i] + "_above_bare_best",
        (Timing::Best(timings[i].cpu) - Timing::Best(timings[0].cpu)) * 1e6,
        "us/step");
  }
}

void Compare() {
  namespace fs = std::filesystem;
  at::set_num_threads(1);
  CheckEqual();
  const fs::path folder = fs::temp_directory_path() / "toque_benchmark_trainer";
  fs::remove_all(folder);
  for (const char* name : {"hooks", "ten_hooks"}) {
    CHECK(MakeRunFolder(folder / name).ok());
  }
  Bare bare;
  Ours alone("", "");
  Ours with_hooks(kHooks, folder / "hooks");
  Ours with_ten_hooks(kTenHooks, folder / "ten_hooks");
  const int64_t steps = FLAGS_steps;
  const std::vector<Contender> contenders = {
      {"bare", [&] { return bare.Run(steps); }},
      {"alone", [&] { return alone.Run(steps); }},
      {"with_hooks", [&] { return with_hooks.Run(steps); }},
      {"with_ten_hooks", [&] { return with_ten_hooks.Run(steps); }}};
  const auto timings = Interleave(contenders, FLAGS_rounds);
  fs::remove_all(folder);
  std::vector<std::string> names;
  for (const Contender& contender : contenders) names.push_back(contender.name);
  Print(names, timings);
}

}  // namespace
}  // namespace toque

int main(int argc, char** argv) {
  toque::ParseFlags("Measures what the trainer adds to a bare LibTorch loop.",
                    &argc, &argv);
  toque::Compare();
}
