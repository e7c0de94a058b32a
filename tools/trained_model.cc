#include "tools/trained_model.h"

#include <filesystem>
#include <iostream>
#include <thread>
#include <utility>

#include "framework/command/flags.h"
#include "framework/command/past_run.h"
#include "framework/config/config.h"
#include "framework/config/overrides.h"
#include "framework/core/dtype.h"
#include "framework/core/model_access.h"
#include "framework/core/registry.h"
#include "framework/parts/device.h"
#include "framework/shared/input_file.h"
#include "framework/trainer/checkpoint.h"
#include "framework/weights/builtin_weights.h"
#include "framework/weights/model_weights.h"
#include "gflags/gflags.h"
#include "nlohmann/json.hpp"
#include "tools/experiment_file.h"
#include "tools/run_weights.h"

DEFINE_string(run_dir, "", "Folder of a run, whose model is used.");
DEFINE_string(checkpoint, "best",
              "Of the run: best (last where there is no best), last, or a "
              "path.");
DEFINE_string(averages, "any",
              "Of the run: ema or swa, the weights that recipe.Ema or "
              "recipe.Swa has averaged; any, those that there are; none, the "
              "raw weights.");
DEFINE_string(experiment, "",
              "In place of a run: a text-proto, whose model, weights and "
              "transforms of eval are used.");
DEFINE_string(model, "", "In place of a run: a model, as a plugin's text.");
DEFINE_string(weights, "",
              "With --experiment or --model: a file of weights, or the name of "
              "weights that come with the program.");
DEFINE_string(transforms, "",
              "With --model: its transforms, as in a section; by default those "
              "of torchvision's classifiers.");
DEFINE_string(classes, "", "A text of class names in their order, one a line.");
DEFINE_string(data, "", "As that of an experiment.");
DEFINE_string(device, "AUTO", "AUTO, CPU or CUDA.");
DEFINE_string(memory_format, "CHANNELS_LAST", "CHANNELS_LAST or CONTIGUOUS.");
DEFINE_int32(compute_threads, 0,
             "Threads that compute (default: LibTorch's choice).");
DEFINE_int32(loader_threads, -1,
             "Threads that read pictures (default: as many as the machine has "
             "cores).");
DEFINE_int32(batch_size, 32, "Pictures that are computed together.");

namespace toque {
namespace {

constexpr char kDefaultTransforms[] = R"(
transform { [type.googleapis.com/recipe.Resize] { size: 256 } }
transform { [type.googleapis.com/recipe.CenterCrop] { size: 224 } }
transform { [type.googleapis.com/recipe.Normalize] {
  mean: [ 0.485, 0.456, 0.406 ] std: [ 0.229, 0.224, 0.225 ] } })";

constexpr char kUsage[] =
    R"(The model is that of a run, with the averages of its
weights where there are any and the transforms of its "eval":

  --run_dir=runs/clothing_finetune/2026-01-31_12-00-00

or that of an experiment or a plugin, with weights from a file:

  --experiment=experiments/clothing_finetune.textproto --weights=FILE
  --model='[type.googleapis.com/recipe.ResNet] { depth: 18 }' --weights=FILE

  --set='TEXT-PROTO FRAGMENT'
      Changes the experiment; may be given repeatedly.)";

absl::Status CheckFlags() {
  const int sources =
      !FLAGS_run_dir.empty() + !FLAGS_experiment.empty() + !FLAGS_model.empty();
  if (sources != 1) {
    return Invalid(
        "--run_dir, --experiment or --model must be given, one of them");
  }
  if (!FLAGS_run_dir.empty() && !FLAGS_weights.empty()) {
    return Invalid("--weights must not be given beside --run_dir");
  }
  if (FLAGS_model.empty() && !FLAGS_transforms.empty()) {
    return Invalid("--transforms needs --model");
  }
  return Together({AtLeast("--batch_size", FLAGS_batch_size, 1),
                   AtLeast("--loader_threads", FLAGS_loader_threads, -1),
                   AtLeast("--compute_threads", FLAGS_compute_threads, 0)});
}

absl::StatusOr<Experiment> ChosenExperiment(
    const std::vector<std::string>& changes) {
  Experiment experiment;
  if (!FLAGS_run_dir.empty()) {
    ASSIGN_OR_RETURN(experiment, ExperimentOf(UserPath(FLAGS_run_dir)));
    experiment.clear_weights();  // the checkpoint has them all
  } else if (!FLAGS_experiment.empty()) {
    ASSIGN_OR_RETURN(experiment, ReadExperiment(FLAGS_experiment, {}));
  } else {
    const std::string transforms =
        FLAGS_transforms.empty() ? kDefaultTransforms : FLAGS_transforms;
    ASSIGN_OR_RETURN(
        experiment,
        ParseExperiment(absl::StrCat("model { ", FLAGS_model, "\n}\neval { ",
                                     transforms, "\n}"),
                        "--model"));
  }
  for (const std::string& change : changes) {
    RETURN_IF_ERROR(ApplyOverride(change, &experiment));
  }
  if (!experiment.has_eval()) *experiment.mutable_eval() = experiment.test();
  RETURN_IF_ERROR(
      ApplyOverride(absl::StrCat("device: ", FLAGS_device,
                                 " memory_format: ", FLAGS_memory_format,
                                 " compute_threads: ", FLAGS_compute_threads),
                    &experiment));
  if (!FLAGS_weights.empty()) {
    experiment.mutable_weights()->set_file(
        IsBuiltinName(FLAGS_weights) ? FLAGS_weights : UserPath(FLAGS_weights));
  }
  return experiment;
}

std::string ChosenCheckpoint() {
  const std::string folder = UserPath(FLAGS_run_dir);
  const std::string path = CheckpointPath(folder, FLAGS_checkpoint);
  if (FLAGS_checkpoint != "best" || std::filesystem::exists(path)) return path;
  std::cerr << folder << ": no best checkpoint, taking the last\n";
  return CheckpointPath(folder, "last");
}

absl::StatusOr<std::vector<std::string>> ReadClassNames() {
  std::vector<std::string> names;
  if (FLAGS_classes.empty()) return names;
  RETURN_IF_ERROR(
      ForEachLine(UserPath(FLAGS_classes), [&names](std::string_view line) {
        if (!line.empty()) names.emplace_back(line);
        return absl::OkStatus();
      }));
  return names;
}

// Those that stand in a checkpoint.
std::vector<std::string> ClassNamesIn(const Checkpoint& checkpoint) {
  const auto found = checkpoint.metadata.find("classes");
  if (found == checkpoint.metadata.end()) return {};
  const auto names = nlohmann::json::parse(found->second, nullptr, false);
  if (!names.is_array()) return {};
  return names.get<std::vector<std::string>>();
}

absl::Status MakeTransforms(const Context& context, TrainedModel* trained) {
  const Section& section = trained->experiment.eval();
  for (int i = 0; i < section.transform_size(); ++i) {
    const Context place = context.At(absl::StrCat("eval.transform[", i, "]"));
    ASSIGN_OR_RETURN(auto transform,
                     Build<Transform>(section.transform(i), place));
    trained->transforms.push_back(std::move(transform));
  }
  return absl::OkStatus();
}

absl::Status LoadChosen(const std::optional<Checkpoint>& checkpoint,
                        const Context& context, TrainedModel* trained) {
  if (checkpoint) {
    return LoadRunWeights(*checkpoint, FLAGS_averages, context, trained);
  }
  if (!trained->experiment.has_weights()) {
    std::cerr << "no weights are given: the model is as it begins\n";
    return absl::OkStatus();
  }
  return LoadWeights(trained->experiment.weights(), context.At("weights"),
                     *trained->model)
      .status();
}

absl::Status MakeModel(const std::optional<Checkpoint>& checkpoint,
                       TrainedModel* trained) {
  Experiment& experiment = trained->experiment;
  ASSIGN_OR_RETURN(trained->device, PrepareDevice(experiment));
  DatasetInfo info;
  info.class_names = trained->class_names;
  info.classes = static_cast<int64_t>(info.class_names.size());
  const Context context = Context()
                              .WithDataFolder(UserPath(FLAGS_data))
                              .WithDevice(trained->device.str())
                              .WithDataset(std::move(info));
  RETURN_IF_ERROR(MakeTransforms(context, trained));
  SeedGenerators(experiment.seed());
  ASSIGN_OR_RETURN(trained->model,
                   Build<Model>(experiment.model(), context.At("model")));
  MoveTo(*trained->model, trained->device,
         ScalarTypeOf(experiment.default_dtype()));
  RETURN_IF_ERROR(LoadChosen(checkpoint, context, trained));
  if (experiment.memory_format() == Experiment::CHANNELS_LAST) {
    ToMemoryFormat(*trained->model, at::MemoryFormat::ChannelsLast);
  }
  SetTraining(*trained->model, false);
  return absl::OkStatus();
}

}  // namespace

std::string TrainedModel::ClassName(int64_t index) const {
  const auto i = static_cast<size_t>(index);
  return i < class_names.size() ? class_names[i] : absl::StrCat(index);
}

LoaderOptions TrainedModel::LoaderOf(const Dataset& dataset, int64_t begin,
                                     int64_t end) const {
  LoaderOptions options;
  options.dataset = &dataset;
  options.begin = begin;
  options.end = end;
  for (const auto& transform : transforms) {
    options.transforms.push_back(transform.get());
  }
  for (const auto& transform : experiment.eval().transform()) {
    options.transform_names.emplace_back(PluginName(transform));
  }
  options.batch_size = FLAGS_batch_size;
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
  RETURN_IF_ERROR(CheckFlags());
  TrainedModel trained;
  ASSIGN_OR_RETURN(trained.experiment, ChosenExperiment(changes));
  ASSIGN_OR_RETURN(trained.class_names, ReadClassNames());
  std::optional<Checkpoint> checkpoint;
  if (!FLAGS_run_dir.empty()) {
    const std::string path = ChosenCheckpoint();
    ASSIGN_OR_RETURN(checkpoint, ReadCheckpoint(path));
    RETURN_IF_ERROR(
        AtPlace(CheckModelType(*checkpoint, trained.experiment), path));
    if (trained.class_names.empty()) {
      trained.class_names = ClassNamesIn(*checkpoint);
    }
  }
  RETURN_IF_ERROR(MakeModel(checkpoint, &trained));
  return trained;
}

std::string_view TrainedModelUsage() { return kUsage; }

}  // namespace toque
