// Evaluates the model of a run.

#include <iostream>
#include <utility>

#include "ATen/core/Tensor.h"
#include "framework/command/flags.h"
#include "framework/command/past_run.h"
#include "framework/command/tool.h"
#include "framework/config/overrides.h"
#include "framework/core/registry.h"
#include "framework/shared/metric_text.h"
#include "framework/trainer/checkpoint.h"
#include "framework/trainer/trainer.h"
#include "framework/weights/safetensors.h"
#include "gflags/gflags.h"
#include "tools/averages.h"
#include "tools/picture_files.h"
#include "tools/score_file.h"

DEFINE_string(run_dir, "", "Folder of the run.");
DEFINE_string(data, "",
              "Folder that relative data paths of the experiment are looked up "
              "in.");
DEFINE_string(checkpoint, "best",
              "The checkpoint: best (last where there is no best), last, or a "
              "path.");
DEFINE_string(split, "",
              "The section that is evaluated: test or eval (default: test "
              "where the experiment has one).");
DEFINE_string(averages, "",
              "ema or swa: the weights that recipe.Ema or recipe.Swa has "
              "averaged (default: the raw ones).");
DEFINE_string(scores, "",
              "A .safetensors that the names, labels and scores of all "
              "examples are written to, for fuse_scores.");
DEFINE_string(dump, "",
              "A .safetensors that input, target and output of the first batch "
              "are written to.");

namespace toque {
namespace {

constexpr char kUsage[] = R"(Prints the metrics of a run's model: the experiment
in --run_dir with the weights of a checkpoint.

  evaluate --run_dir=runs/digits_convnet/2026-01-31_12-00-00 --split=eval

  --set='TEXT-PROTO FRAGMENT'
      Changes the experiment; may be given repeatedly.)";

// Writes the first batch and what the model made of it.
class Dump : public Hook {
 public:
  explicit Dump(std::string path) : path_(std::move(path)) {}

  absl::Status AfterForward(Run& run) override {
    if (std::exchange(done_, true)) return absl::OkStatus();
    State state;
    state.Set("input", run.batch.input);
    state.Set("target", run.batch.target);
    state.Set("output", run.prediction.output);
    return WriteSafetensors(path_, state);
  }

 private:
  const std::string path_;
  bool done_ = false;
};

// Collects what the model makes of each example.
class Collect : public Hook {
 public:
  Collect(const Dataset& dataset, ScoreFile* scores)
      : dataset_(dataset), scores_(*scores) {}

  absl::Status AfterForward(Run& run) override {
    std::vector<std::string> names;
    for (const int64_t index : run.batch.index) {
      names.push_back(ShortName(dataset_, index));
    }
    return scores_.Add(run.prediction.output, run.batch.target, names);
  }

 private:
  const Dataset& dataset_;
  ScoreFile& scores_;
};

absl::StatusOr<Experiment> ReadExperiment(
    const std::string& folder, const std::vector<std::string>& changes) {
  ASSIGN_OR_RETURN(Experiment experiment, ExperimentOf(folder));
  for (const std::string& change : changes) {
    RETURN_IF_ERROR(ApplyOverride(change, &experiment));
  }
  for (int i = experiment.hook_size() - 1; i >= 0; --i) {
    // What it would show is printed here.
    if (PluginName(experiment.hook(i)) == "recipe.ProgressBar") {
      experiment.mutable_hook()->DeleteSubrange(i, 1);
    }
  }
  return experiment;
}

// A trainer with the weights of the checkpoint at `path`.
absl::StatusOr<std::unique_ptr<Trainer>> TrainerWith(
    const Checkpoint& checkpoint, const std::string& path,
    const Experiment& experiment) {
  RETURN_IF_ERROR(AtPlace(CheckModelType(checkpoint, experiment), path));
  const Context context = Context().WithDataFolder(UserPath(FLAGS_data));
  TrainerOptions options;
  options.restored = true;
  ASSIGN_OR_RETURN(auto trainer, Trainer::Create(experiment, context, options));
  RETURN_IF_ERROR(AtPlace(trainer->LoadWeights(checkpoint), path));
  return trainer;
}

// What --averages asks for, of the first hook of its kind.
absl::StatusOr<Run::Evaluation> Averages(const Checkpoint& checkpoint,
                                         const Model& model) {
  Run::Evaluation averages;
  averages.suffix = FLAGS_averages;
  if (FLAGS_averages.empty()) return averages;
  // As the hooks themselves ask for it.
  if (FLAGS_averages == "swa") averages.statistics = Statistics::kRecomputed;
  ASSIGN_OR_RETURN(averages.weights,
                   AveragesOf(checkpoint, FLAGS_averages, model));
  if (!averages.weights.empty()) return averages;
  return absl::NotFoundError("holds no averages of " + FLAGS_averages);
}

absl::Status CheckFlags() {
  if (FLAGS_run_dir.empty()) return Invalid("--run_dir must be given");
  const std::string& split = FLAGS_split;
  if (!split.empty() && split != "eval" && split != "test") {
    return Invalid("--split must be eval or test", split);
  }
  if (!FLAGS_scores.empty() && !FLAGS_scores.ends_with(".safetensors")) {
    return Invalid("--scores must end in .safetensors", FLAGS_scores);
  }
  const std::string& averages = FLAGS_averages;
  if (averages.empty() || averages == "ema" || averages == "swa") {
    return absl::OkStatus();
  }
  return Invalid("--averages must be ema or swa", averages);
}

// The metrics of a section; writes what --dump and --scores ask for.
absl::StatusOr<Metrics> Measure(const std::string& split,
                                Run::Evaluation averages, Trainer* trainer) {
  if (!FLAGS_dump.empty()) {
    trainer->AddHook(std::make_unique<Dump>(UserPath(FLAGS_dump)), "--dump");
  }
  ScoreFile scores;
  const auto& section =
      split == "test" ? trainer->parts().test : trainer->parts().eval;
  if (!FLAGS_scores.empty() && section) {
    trainer->AddHook(std::make_unique<Collect>(*section->dataset, &scores),
                     "--scores");
  }
  ASSIGN_OR_RETURN(Metrics metrics,
                   trainer->EvaluateOnce(split, std::move(averages)));
  if (!FLAGS_scores.empty()) {
    RETURN_IF_ERROR(scores.Write(UserPath(FLAGS_scores)));
  }
  return metrics;
}

absl::Status Evaluate(const std::vector<std::string>& changes) {
  RETURN_IF_ERROR(CheckFlags());
  const std::string folder = UserPath(FLAGS_run_dir);
  ASSIGN_OR_RETURN(const Experiment experiment,
                   ReadExperiment(folder, changes));
  const std::string path = ChosenCheckpoint(folder, FLAGS_checkpoint);
  ASSIGN_OR_RETURN(const Checkpoint checkpoint, ReadCheckpoint(path));
  ASSIGN_OR_RETURN(const auto trainer,
                   TrainerWith(checkpoint, path, experiment));
  auto averages = Averages(checkpoint, *trainer->parts().model);
  if (!averages.ok()) return AtPlace(averages.status(), path);
  const std::string split = !FLAGS_split.empty()    ? FLAGS_split
                            : experiment.has_test() ? "test"
                                                    : "eval";
  ASSIGN_OR_RETURN(const Metrics metrics,
                   Measure(split, *std::move(averages), trainer.get()));
  for (const auto& [name, value] : metrics) {
    std::cout << name << " " << MetricText(name, value) << "\n";
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace toque

int main(int argc, char** argv) {
  return toque::ToolMainWithChanges(toque::kUsage, argc, argv, toque::Evaluate);
}
