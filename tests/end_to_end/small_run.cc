#include "tests/end_to_end/small_run.h"

#include <fstream>

#include "framework/config/config.h"
#include "framework/config/overrides.h"

namespace toque {
namespace {

constexpr std::string_view kText = R"(
epochs: 2
device: CPU
compute_threads: 1
log_every_steps: 5
model {
  [type.googleapis.com/recipe.Mlp] {
    inputs: 8
    hidden: 16
    classes: 3
    dropout: 0.2
  }
}
loss {
  [type.googleapis.com/recipe.CrossEntropy] {}
}
train {
  dataset {
    [type.googleapis.com/recipe.Synthetic] { examples: 100 classes: 3 shape: 8 }
  }
  range { end: 80 }
  sampler {
    [type.googleapis.com/recipe.Shuffle] {}
  }
  batch_size: 8
  loader_threads: 1
}
eval {
  dataset {
    [type.googleapis.com/recipe.Synthetic] { examples: 100 classes: 3 shape: 8 }
  }
  range { begin: 80 }
  batch_size: 10
}
optimizer {
  [type.googleapis.com/recipe.Sgd] { lr: 0.1 momentum: 0.9 }
}
hook {
  [type.googleapis.com/recipe.LinearDecay] {}
}
hook {
  [type.googleapis.com/recipe.Accuracy] {}
}
hook {
  [type.googleapis.com/recipe.Checkpoint] { metric: "accuracy/eval" }
}
)";

}  // namespace

std::string_view SmallExperimentText() { return kText; }

Experiment SmallExperiment(const std::vector<std::string>& changes) {
  auto experiment = ParseExperiment(kText, "small.textproto");
  EXPECT_OK(experiment);
  if (!experiment.ok()) return Experiment();
  for (const std::string& change : changes) {
    EXPECT_OK(ApplyOverride(change, &*experiment));
  }
  return *std::move(experiment);
}

absl::StatusOr<std::unique_ptr<Trainer>> MakeTrainer(
    const Experiment& experiment, const std::string& folder,
    const std::atomic<int>* interrupt) {
  if (!folder.empty()) RETURN_IF_ERROR(MakeRunFolder(folder));
  return Trainer::Create(experiment, Context(), {"small", folder, interrupt});
}

absl::StatusOr<Outcome> RunExperiment(const Experiment& experiment,
                                      const std::string& folder) {
  ASSIGN_OR_RETURN(const auto trainer, MakeTrainer(experiment, folder));
  return trainer->Train();
}

std::string ReadBytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void WriteBytes(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

std::string LastCheckpoint(const std::string& folder) {
  const std::string bytes = ReadBytes(folder + "/checkpoints/last.safetensors");
  EXPECT_FALSE(bytes.empty()) << folder << " has no last checkpoint";
  return bytes;
}

}  // namespace toque
