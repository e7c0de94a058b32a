#include "tools/trained_model.h"

#include <algorithm>
#include <iostream>
#include <thread>
#include <utility>

#include "framework/command/flags.h"
#include "framework/command/past_run.h"
#include "framework/core/dtype.h"
#include "framework/core/model_access.h"
#include "framework/core/registry.h"
#include "framework/parts/device.h"
#include "framework/parts/initialise.h"
#include "framework/trainer/checkpoint.h"
#include "framework/weights/model_weights.h"
#include "gflags/gflags.h"
#include "tools/class_names.h"
#include "tools/run_weights.h"
#include "tools/trained_experiment.h"

DECLARE_string(run_dir);
DECLARE_string(checkpoint);
DECLARE_string(averages);
DECLARE_string(classes);
DECLARE_string(data);
DECLARE_string(split);
DECLARE_int32(loader_threads);
DECLARE_int32(batch_size);

namespace toque {
namespace {

constexpr char kUsage[] =
    R"(The model is that of a run, with the averages of its
weights where there are any and the transforms of its "eval" (or --split):

  --run_dir=runs/clothing_finetune/2026-01-31_12-00-00

or that of an experiment or a plugin, with weights from a file:

  --experiment=experiments/clothing_finetune.textproto --weights=FILE
  --model='[type.googleapis.com/recipe.ResNet] { depth: 18 }' --weights=FILE

  --set='TEXT-PROTO FRAGMENT'
      Changes the experiment; may be given repeatedly.)";

absl::Status MakeTransforms(const Context& context, TrainedModel* trained) {
  const Experiment& experiment = trained->experiment;
  const bool eval =
      FLAGS_split.empty() ? experiment.has_eval() : FLAGS_split == "eval";
  if (!(eval ? experiment.has_eval() : experiment.has_test())) {
    if (FLAGS_split.empty()) return absl::OkStatus();
    return Invalid("--split must be a section that the experiment has",
                   FLAGS_split);
  }
  const Section& section = eval ? experiment.eval() : experiment.test();
  trained->evaluation = section;
  trained->split = eval ? "eval" : "test";
  for (int i = 0; i < section.transform_size(); ++i) {
    const Context place =
        context.At(absl::StrCat(trained->split, ".transform[", i, "]"));
    ASSIGN_OR_RETURN(auto transform,
                     Build<Transform>(section.transform(i), place));
    trained->transforms.push_back(std::move(transform));
  }
  return absl::OkStatus();
}

// A checkpoint of the run, and where it is.
struct Saved {
  std::string path;
  Checkpoint checkpoint;
};

absl::Status LoadChosen(const std::optional<Saved>& saved,
                        const Context& context, TrainedModel* trained) {
  if (saved) {
    return AtPlace(
        LoadRunWeights(saved->checkpoint, FLAGS_averages, context, trained),
        saved->path);
  }
  RETURN_IF_ERROR(Initialise(trained->experiment, context, *trained->model));
  if (!trained->experiment.has_weights()) {
    std::cerr << "no weights are given: the model is as it begins\n";
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const WeightsReport report,
                   LoadWeights(trained->experiment.weights(),
                               context.At("weights"), *trained->model));
  if (!report.Complete()) std::cerr << "weights: " << report.Text() << "\n";
  return absl::OkStatus();
}

absl::Status MakeModel(const std::optional<Saved>& saved,
                       TrainedModel* trained) {
  Experiment& experiment = trained->experiment;
  ASSIGN_OR_RETURN(trained->device, PrepareDevice(experiment));
  DatasetInfo info;
  info.class_names = trained->class_names;
  info.classes = static_cast<int64_t>(info.class_names.size());
  const std::string data = UserPath(FLAGS_data);
  const Context context = Context()
                              .WithDataFolder(data)
                              .WithDevice(trained->device.str())
                              .WithDataset(std::move(info));
  RETURN_IF_ERROR(MakeTransforms(context, trained));
  SeedGenerators(experiment.seed());
  ASSIGN_OR_RETURN(trained->model,
                   Build<Model>(experiment.model(), context.At("model")));
  MoveTo(*trained->model, trained->device,
         ScalarTypeOf(experiment.default_dtype()));
  RETURN_IF_ERROR(LoadChosen(saved, context, trained));
  if (experiment.memory_format() == Experiment::CHANNELS_LAST) {
    ToMemoryFormat(*trained->model, at::MemoryFormat::ChannelsLast);
  }
  SetTraining(*trained->model, false);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<LoaderOptions> TrainedModel::LoaderOf(const Dataset& dataset,
                                                     int64_t begin,
                                                     int64_t end) const {
  if (!evaluation) {
    return Invalid("eval or test must be given: it has the transforms");
  }
  LoaderOptions options;
  options.dataset = &dataset;
  options.begin = begin;
  options.end = end;
  for (const auto& transform : transforms) {
    options.transforms.push_back(transform.get());
  }
  for (const auto& transform : evaluation->transform()) {
    options.transform_names.emplace_back(PluginName(transform));
  }
  options.batch_size = FLAGS_batch_size > 0
                           ? FLAGS_batch_size
                           : std::min(32, evaluation->batch_size());
  options.threads =
      FLAGS_loader_threads >= 0
          ? FLAGS_loader_threads
          : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  options.seed = experiment.seed();
  options.training = false;
  options.pixels.interleaved =
      experiment.memory_format() == Experiment::CHANNELS_LAST;
  return options;
}

at::Tensor TrainedModel::Input(const Batch& batch) const {
  const bool floating = batch.input.is_floating_point();
  const at::ScalarType type = floating
                                  ? ScalarTypeOf(experiment.default_dtype())
                                  : batch.input.scalar_type();
  return batch.input.to(device, type);
}

absl::StatusOr<TrainedModel> TrainedModelOfFlags(
    const std::vector<std::string>& changes) {
  TrainedModel trained;
  ASSIGN_OR_RETURN(trained.experiment, ExperimentOfFlags(changes));
  if (!FLAGS_classes.empty()) {
    ASSIGN_OR_RETURN(trained.class_names,
                     ReadClassNames(UserPath(FLAGS_classes)));
  }
  std::optional<Saved> saved;
  if (!FLAGS_run_dir.empty()) {
    saved.emplace().path =
        ChosenCheckpoint(UserPath(FLAGS_run_dir), FLAGS_checkpoint);
    ASSIGN_OR_RETURN(saved->checkpoint, ReadCheckpoint(saved->path));
    RETURN_IF_ERROR(AtPlace(
        CheckModelType(saved->checkpoint, trained.experiment), saved->path));
    if (trained.class_names.empty()) {
      trained.class_names = ClassNamesIn(saved->checkpoint);
    }
  }
  RETURN_IF_ERROR(MakeModel(saved, &trained));
  return trained;
}

std::string_view TrainedModelUsage() { return kUsage; }

}  // namespace toque
