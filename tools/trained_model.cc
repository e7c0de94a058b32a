#include "tools/trained_model.h"

#include <iostream>
#include <set>
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
#include "framework/parts/initialise.h"
#include "framework/trainer/checkpoint.h"
#include "framework/weights/builtin_weights.h"
#include "framework/weights/model_weights.h"
#include "gflags/gflags.h"
#include "tools/class_names.h"
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
              "weights that come with the program. How names are changed: "
              "--set='weights { strip_prefix: \"module.\" }'.");
DEFINE_string(transforms, "",
              "With --model: its transforms, as in a section; by default those "
              "of the weights that come with the program, else those of "
              "torchvision's classifiers.");
DEFINE_string(classes, "", "A text of class names in their order, one a line.");
DEFINE_string(data, "", "As that of an experiment.");
DEFINE_string(
    device, "",
    "AUTO, CPU or CUDA (default: the experiment's; AUTO of --model).");
DEFINE_string(memory_format, "",
              "CHANNELS_LAST or CONTIGUOUS (default: the experiment's; "
              "CHANNELS_LAST of --model).");
DEFINE_int32(compute_threads, -1,
             "Threads that compute; 0: LibTorch's choice (default: the "
             "experiment's).");
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

bool IsGiven(const char* flag) {
  return !gflags::GetCommandLineFlagInfoOrDie(flag).is_default;
}

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
  for (const char* flag : {"checkpoint", "averages"}) {
    if (FLAGS_run_dir.empty() && IsGiven(flag)) {
      return Invalid(absl::StrCat("--", flag, " needs --run_dir"));
    }
  }
  if (FLAGS_model.empty() && !FLAGS_transforms.empty()) {
    return Invalid("--transforms needs --model");
  }
  const std::set<std::string> averages = {"any", "none", "ema", "swa"};
  if (!averages.contains(FLAGS_averages)) {
    return Invalid("--averages must be any, none, ema or swa", FLAGS_averages);
  }
  return Together({AtLeast("--batch_size", FLAGS_batch_size, 1),
                   AtLeast("--loader_threads", FLAGS_loader_threads, -1),
                   AtLeast("--compute_threads", FLAGS_compute_threads, -1)});
}

// Where the model computes, as far as flags say it.
absl::Status ApplyFlags(Experiment* experiment) {
  Device device = experiment->device();
  if (!FLAGS_device.empty() && !Device_Parse(FLAGS_device, &device)) {
    return Invalid("--device must be AUTO, CPU or CUDA", FLAGS_device);
  }
  experiment->set_device(device);
  if (FLAGS_memory_format == "CHANNELS_LAST") {
    experiment->set_memory_format(Experiment::CHANNELS_LAST);
  } else if (FLAGS_memory_format == "CONTIGUOUS") {
    experiment->set_memory_format(Experiment::CONTIGUOUS);
  } else if (!FLAGS_memory_format.empty()) {
    return Invalid("--memory_format must be CHANNELS_LAST or CONTIGUOUS",
                   FLAGS_memory_format);
  }
  if (FLAGS_compute_threads >= 0) {
    experiment->set_compute_threads(FLAGS_compute_threads);
  }
  return absl::OkStatus();
}

// Of --model. What is assumed is said: another normalisation gives answers that
// are wrong and look right.
std::string ChosenTransforms() {
  if (!FLAGS_transforms.empty()) return FLAGS_transforms;
  const std::string_view own = BuiltinTransforms(FLAGS_weights);
  if (!own.empty()) return std::string(own);
  if (!FLAGS_weights.empty()) {
    std::cerr << "pictures are given to the model as torchvision's classifiers "
                 "want them; --transforms changes it\n";
  }
  return kDefaultTransforms;
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
    ASSIGN_OR_RETURN(
        experiment,
        ParseExperiment(absl::StrCat("model { ", FLAGS_model, "\n}"),
                        "--model"));
    ASSIGN_OR_RETURN(
        const Experiment evaluated,
        ParseExperiment(absl::StrCat("eval { ", ChosenTransforms(), "\n}"),
                        "--transforms"));
    *experiment.mutable_eval() = evaluated.eval();
    experiment.set_memory_format(Experiment::CHANNELS_LAST);
  }
  RETURN_IF_ERROR(ApplyFlags(&experiment));
  for (const std::string& change : changes) {
    RETURN_IF_ERROR(ApplyOverride(change, &experiment));
  }
  if (!FLAGS_weights.empty()) {
    experiment.mutable_weights()->set_file(
        IsBuiltinName(FLAGS_weights) ? FLAGS_weights : UserPath(FLAGS_weights));
  }
  return experiment;
}

absl::Status MakeTransforms(const Context& context, TrainedModel* trained) {
  const Experiment& experiment = trained->experiment;
  if (!experiment.has_eval() && !experiment.has_test()) return absl::OkStatus();
  const bool eval = experiment.has_eval();
  const Section& section = eval ? experiment.eval() : experiment.test();
  trained->evaluation = section;
  for (int i = 0; i < section.transform_size(); ++i) {
    const Context place =
        context.At(absl::StrCat(eval ? "eval" : "test", ".transform[", i, "]"));
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
