// Training steps of a net on the CPU, for peers/cpu_training.py, which times
// PyTorch's in turn with them: forward, cross entropy, backward, SGD with
// momentum, on a fixed batch.
//
// Prints {"ready": 1}; then for each line read, a number of steps, does them
// and prints the images and the seconds they took.

#include <iostream>
#include <map>
#include <string>

#include "ATen/Context.h"
#include "ATen/ops/randint.h"
#include "ATen/ops/randn.h"
#include "framework/command/flags.h"
#include "framework/trainer/trainer.h"
#include "gflags/gflags.h"
#include "glog/logging.h"
#include "google/protobuf/text_format.h"
#include "tests/benchmarks/fixed_loader.h"
#include "tests/benchmarks/measure.h"

DEFINE_string(net, "convnet", "convnet, resnet18 or vgg16.");
DEFINE_int32(batch_size, 64, "Images a step.");
DEFINE_string(more, "", "More of the experiment: memory_format: CONTIGUOUS.");

namespace toque {
namespace {

constexpr char kExperiment[] = R"(
  loss { [type.googleapis.com/recipe.CrossEntropy] {} }
  train { sampler { [type.googleapis.com/recipe.Sequential] {} } }
  optimizer { [type.googleapis.com/recipe.Sgd] { lr: 0.01 momentum: 0.9 } }
  memory_format: AUTO
  device: CPU
  steps: 1
)";

std::string ModelText(const std::string& net) {
  static const std::map<std::string, std::string> texts = {
      {"convnet", "recipe.ConvNet] {}"},
      {"resnet18", "bench.Net] {}"},
      {"vgg16", "bench.Net] { kind: VGG16_BN }"}};
  CHECK(texts.contains(net)) << "no net " << net;
  return "model { [type.googleapis.com/" + texts.at(net) + " }";
}

std::unique_ptr<Trainer> MakeTrainer() {
  const bool grey = FLAGS_net == "convnet";
  const std::string data = absl::StrCat(
      "train { batch_size: ", FLAGS_batch_size,
      " dataset { [type.googleapis.com/recipe.Synthetic] { examples: ",
      FLAGS_batch_size, " shape: ", grey ? "[1, 28, 28]" : "[3, 32, 32]",
      " } } }");
  Experiment experiment;
  CHECK(google::protobuf::TextFormat::ParseFromString(
      kExperiment + ModelText(FLAGS_net), &experiment));
  CHECK(google::protobuf::TextFormat::MergeFromString(data + FLAGS_more,
                                                      &experiment));
  auto trainer =
      Trainer::Create(experiment, Context(), {"cpu_training", "", nullptr});
  CHECK(trainer.ok()) << trainer.status();
  Batch batch;
  batch.input = grey ? at::randn({FLAGS_batch_size, 1, 28, 28})
                     : at::randn({FLAGS_batch_size, 3, 32, 32});
  batch.target = at::randint(10, {FLAGS_batch_size}, at::kLong);
  batch.index.resize(static_cast<size_t>(FLAGS_batch_size));
  (*trainer)->UseLoader(std::make_unique<FixedLoader>(batch));
  return *std::move(trainer);
}

void Serve() {
  const auto trainer = MakeTrainer();
  std::cerr << "memory_format: "
            << Experiment::MemoryFormat_Name(
                   trainer->experiment().memory_format())
            << "\n";
  Progress& progress = trainer->run().progress;
  std::cout << "{\"ready\": 1}" << std::endl;
  for (int64_t steps = 0; std::cin >> steps;) {
    const double cpu = CpuSeconds();
    const double wall = WallSeconds();
    progress.total_steps = progress.step + steps;
    const auto outcome = trainer->Train();
    CHECK(outcome.ok()) << outcome.status();
    std::cout << "{\"n\": " << steps * FLAGS_batch_size
              << ", \"cpu\": " << CpuSeconds() - cpu
              << ", \"wall\": " << WallSeconds() - wall << "}" << std::endl;
  }
}

}  // namespace
}  // namespace toque

int main(int argc, char** argv) {
  toque::ParseFlags("Trains on a fixed batch, as often as it is told.", &argc,
                    &argv);
  toque::Serve();
}
