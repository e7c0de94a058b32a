// Steps of optimizers over ResNet-18's parameters (62 tensors, 11.7 million
// elements), against LibTorch's own C++ optimizers.
//
//   tools/bazel run //tests/benchmarks:optimizers -- [--rounds=9] [--steps=10]
//
// With --serve it times ours alone, as tests/benchmarks/peers/optimizers.py
// asks it to.

#include <algorithm>
#include <functional>
#include <iostream>
#include <memory>

#include "ATen/Parallel.h"
#include "ATen/ops/linspace.h"
#include "framework/command/flags.h"
#include "framework/core/optimizer.h"
#include "framework/testing/testing.h"
#include "gflags/gflags.h"
#include "glog/logging.h"
#include "tests/benchmarks/measure.h"
#include "torch/optim/adagrad.h"
#include "torch/optim/adam.h"
#include "torch/optim/adamw.h"
#include "torch/optim/optimizer.h"
#include "torch/optim/sgd.h"

DEFINE_int32(rounds, 9, "Rounds, of which the best and the median count.");
DEFINE_int32(steps, 10, "Steps a round.");
DEFINE_int32(threads, 1, "Threads of LibTorch.");
DEFINE_bool(serve, false,
            "For each line of the standard input, the name of an optimizer, "
            "does a round and prints CPU seconds a step and a sum over the "
            "parameters.");

namespace toque {
namespace {

using Tensors = std::vector<at::Tensor>;
using Shapes = std::vector<std::vector<int64_t>>;

void AddConvolution(int64_t out, int64_t in, int64_t size, Shapes* shapes) {
  shapes->push_back({out, in, size, size});
  shapes->push_back({out});  // of the batch norm
  shapes->push_back({out});
}

Shapes ResNet18() {
  Shapes shapes;
  AddConvolution(64, 3, 7, &shapes);
  int64_t in = 64;
  for (const int64_t out : {64, 128, 256, 512}) {
    AddConvolution(out, in, 3, &shapes);
    AddConvolution(out, out, 3, &shapes);
    if (in != out) AddConvolution(out, in, 1, &shapes);
    AddConvolution(out, out, 3, &shapes);
    AddConvolution(out, out, 3, &shapes);
    in = out;
  }
  shapes.push_back({1000, 512});
  shapes.push_back({1000});
  return shapes;
}

// One tensor of each shape, its elements from `first` to `last`.
Tensors Spread(double first, double last) {
  Tensors tensors;
  for (const auto& shape : ResNet18()) {
    tensors.push_back(
        at::linspace(first, last, c10::multiply_integers(shape)).view(shape));
  }
  return tensors;
}

Tensors Parameters() {
  const Tensors gradients = Spread(-0.5, 1);
  Tensors parameters = Spread(-1, 1);
  for (size_t i = 0; i < parameters.size(); ++i) {
    parameters[i].set_requires_grad(true);
    parameters[i].mutable_grad() = gradients[i];
  }
  return parameters;
}

class Ours {
 public:
  Ours(std::string_view optimizer, std::string_view options)
      : optimizer_(MakeOrDie<Optimizer>(optimizer, options)), groups_(1) {
    for (const at::Tensor& parameter : Parameters()) {
      NamedTensors& named = groups_[0].parameters;
      named.emplace_back(absl::StrCat(named.size()), parameter);
    }
    groups_[0].lr = optimizer_->base_lr();
    CHECK(optimizer_->Attach(&groups_).ok());
  }

  double Run(int steps) {
    for (int i = 0; i < steps; ++i) CHECK(optimizer_->Step({}).ok());
    return steps;
  }
  const at::Tensor& parameter(size_t i) const {
    return groups_[0].parameters[i].second;
  }
  // The squares of all parameters, added up.
  double Sum() const {
    double sum = 0;
    for (const auto& [name, parameter] : groups_[0].parameters) {
      sum += parameter.detach().to(at::kDouble).square().sum().item<double>();
    }
    return sum;
  }

 private:
  std::unique_ptr<Optimizer> optimizer_;
  std::vector<Group> groups_;
};

using Theirs = std::unique_ptr<torch::optim::Optimizer>;

// One comparison. The options are PyTorch's defaults where nothing is said.
struct Case {
  std::string name;  // for the results
  std::string plugin;
  std::string options;
  std::function<Theirs(const Tensors& parameters)> theirs;
};

std::vector<Case> Cases() {
  namespace optim = torch::optim;
  return {
      {"sgd", "recipe.Sgd", "lr: 0.01 momentum: 0.9 weight_decay: 5e-4",
       [](const Tensors& parameters) {
         return std::make_unique<optim::SGD>(
             parameters,
             optim::SGDOptions(0.01).momentum(0.9).weight_decay(5e-4));
       }},
      {"adam", "recipe.Adam", "",
       [](const Tensors& parameters) {
         return std::make_unique<optim::Adam>(parameters);
       }},
      {"adam_w", "recipe.AdamW", "",
       [](const Tensors& parameters) {
         return std::make_unique<optim::AdamW>(parameters);
       }},
      {"adagrad", "recipe.Adagrad", "",
       [](const Tensors& parameters) {
         return std::make_unique<optim::Adagrad>(parameters);
       }},
  };
}

void CheckEqual(const Ours& ours, const Tensors& theirs) {
  for (size_t i = 0; i < theirs.size(); ++i) {
    const double difference =
        theirs[i].sub(ours.parameter(i)).abs().max().item<double>();
    CHECK_LT(difference, 1e-5) << "parameter " << i;
  }
}

void Compare(const Case& compared) {
  Ours ours(compared.plugin, compared.options);
  const Tensors parameters = Parameters();
  const Theirs theirs = compared.theirs(parameters);
  const auto run_theirs = [&theirs](int steps) -> double {
    for (int i = 0; i < steps; ++i) theirs->step();
    return steps;
  };
  ours.Run(3);
  run_theirs(3);
  CheckEqual(ours, parameters);
  const auto timings =
      Interleave({{"ours", [&] { return ours.Run(FLAGS_steps); }},
                  {"libtorch", [&] { return run_theirs(FLAGS_steps); }}},
                 FLAGS_rounds);
  const char* names[] = {"_ours", "_libtorch"};
  for (const size_t i : {0, 1}) {
    const std::string name = compared.name + names[i];
    PrintResult(name + "_best", Timing::Best(timings[i].cpu) * 1e3, "ms/step");
    PrintResult(name + "_median", Timing::Median(timings[i].cpu) * 1e3,
                "ms/step");
  }
  PrintResult(compared.name + "_ratio_best",
              Timing::Best(timings[0].cpu) / Timing::Best(timings[1].cpu), "x");
  std::vector<double> ratios;
  for (size_t round = 0; round < timings[0].cpu.size(); ++round) {
    ratios.push_back(timings[0].cpu[round] / timings[1].cpu[round]);
  }
  PrintResult(compared.name + "_ratio_median", Timing::Median(ratios), "x");
}

// "NAME" in, "CPU_SECONDS_A_STEP SUM" out, until the input ends. A name that
// is new begins anew.
void Serve() {
  const std::vector<Case> cases = Cases();
  std::unique_ptr<Ours> ours;
  std::string current;
  for (std::string name; std::getline(std::cin, name);) {
    if (name != current) {
      const auto found =
          std::find_if(cases.begin(), cases.end(),
                       [&name](const Case& c) { return c.name == name; });
      CHECK(found != cases.end()) << name;
      ours = std::make_unique<Ours>(found->plugin, found->options);
      current = name;
    }
    const double begin = CpuSeconds();
    const double steps = ours->Run(FLAGS_steps);
    const double seconds = (CpuSeconds() - begin) / steps;
    std::printf("%.9g %.9g\n", seconds, ours->Sum());
    std::fflush(stdout);
  }
}

}  // namespace
}  // namespace toque

int main(int argc, char** argv) {
  toque::ParseFlags("Measures optimizers against LibTorch's own.", &argc,
                    &argv);
  at::set_num_threads(FLAGS_threads);
  if (FLAGS_serve) {
    toque::Serve();
    return 0;
  }
  for (const toque::Case& compared : toque::Cases()) toque::Compare(compared);
}
