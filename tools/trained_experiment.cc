#include "tools/trained_experiment.h"

#include <iostream>
#include <set>

#include "framework/command/flags.h"
#include "framework/command/past_run.h"
#include "framework/config/config.h"
#include "framework/config/overrides.h"
#include "framework/core/option_checks.h"
#include "framework/weights/builtin_weights.h"
#include "gflags/gflags.h"
#include "tools/experiment_file.h"

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
DEFINE_string(split, "",
              "The section whose transforms are used: eval or test (default: "
              "eval where the experiment has one).");
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
             "Threads that read pictures or clips (default: as many as the "
             "machine has cores).");
DEFINE_int32(batch_size, 0,
             "Pictures or clips that are computed together; 0: as the "
             "section's batch_size says, and at most 32.");

namespace toque {
namespace {

constexpr char kDefaultTransforms[] = R"(
transform { [type.googleapis.com/recipe.Resize] { size: 256 } }
transform { [type.googleapis.com/recipe.CenterCrop] { size: 224 } }
transform { [type.googleapis.com/recipe.Normalize] {
  mean: [ 0.485, 0.456, 0.406 ] std: [ 0.229, 0.224, 0.225 ] } })";

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
  const std::string& split = FLAGS_split;
  if (!split.empty() && split != "eval" && split != "test") {
    return Invalid("--split must be eval or test", split);
  }
  const std::set<std::string> averages = {"any", "none", "ema", "swa"};
  if (!averages.contains(FLAGS_averages)) {
    return Invalid("--averages must be any, none, ema or swa", FLAGS_averages);
  }
  return Together({AtLeast("--batch_size", FLAGS_batch_size, 0),
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

}  // namespace

absl::StatusOr<Experiment> ExperimentOfFlags(
    const std::vector<std::string>& changes) {
  RETURN_IF_ERROR(CheckFlags());
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

}  // namespace toque
