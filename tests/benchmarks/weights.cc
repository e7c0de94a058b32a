// Loads files of weights into a model's tensors, whose names and shapes are
// those of the first file.
//
//   weights MODEL_FILE
//
// For each line of the standard input, a path, it loads that file once and
// prints the seconds and a sum over the tensors, as
// tests/benchmarks/peers/weights.py asks it to.

#include <cstdio>
#include <iostream>
#include <string>

#include "ATen/ops/zeros_like.h"
#include "framework/experiment.pb.h"
#include "framework/weights/weights_file.h"
#include "framework/weights/weights_map.h"
#include "glog/logging.h"
#include "tests/benchmarks/measure.h"

namespace toque {
namespace {

NamedTensors ModelOf(const std::string& path) {
  const auto file = ReadWeights(path);
  CHECK(file.ok()) << file.status();
  NamedTensors model;
  for (const auto& [name, tensor] : file->tensors) {
    // Touched, as those of a model that has been initialised are.
    model.emplace_back(name, at::zeros_like(tensor).fill_(1));
  }
  return model;
}

double Load(const std::string& path, const NamedTensors& model) {
  const double start = WallSeconds();
  const auto file = ReadWeights(path);
  CHECK(file.ok()) << file.status();
  const auto report = CopyWeights(file->tensors, Weights(), model);
  CHECK(report.ok()) << report.status();
  return WallSeconds() - start;
}

void Serve(const std::string& first) {
  const NamedTensors model = ModelOf(first);
  std::string path;
  while (std::getline(std::cin, path)) {
    for (const auto& [name, tensor] : model) tensor.fill_(1);
    const double seconds = Load(path, model);
    double sum = 0;
    for (const auto& [name, tensor] : model) {
      sum += tensor.sum().item<double>();
    }
    std::printf("%.9f %.9g\n", seconds, sum);
    std::fflush(stdout);
  }
}

}  // namespace
}  // namespace toque

int main(int argc, char** argv) {
  CHECK_EQ(argc, 2) << "usage: weights MODEL_FILE";
  toque::Serve(argv[1]);
  return 0;
}
