// From an experiment to a run that can begin.

#include <algorithm>
#include <string>
#include <utility>

#include "c10/core/GradMode.h"
#include "framework/config/config.h"
#include "framework/core/model_access.h"
#include "framework/parts/check_parts.h"
#include "framework/parts/device.h"
#include "framework/parts/initialise.h"
#include "framework/parts/param_groups.h"
#include "framework/parts/section_loader.h"
#include "framework/trainer/memory_format.h"
#include "framework/trainer/trainer.h"
#include "framework/weights/model_weights.h"
#include "glog/logging.h"

namespace toque {
namespace {

absl::Status CheckPinning(const Experiment& experiment, at::Device device) {
  if (experiment.train().pin_memory() == Section::ON && !device.is_cuda()) {
    return Invalid("train.pin_memory: ON needs a GPU");
  }
  return absl::OkStatus();
}

absl::Status StartFrom(const Weights& weights, const Context& context,
                       const Model& model) {
  const auto report = LoadWeights(weights, context, model);
  if (!report.ok()) return AtPlace(report.status(), "weights");
  LOG(INFO) << "weights: " << weights.file() << ": " << report->Text();
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Trainer>> Trainer::Create(
    const Experiment& experiment, const Context& context,
    const TrainerOptions& options) {
  std::unique_ptr<Trainer> trainer(new Trainer(experiment, options));
  RETURN_IF_ERROR(trainer->Prepare(context));
  return trainer;
}

Trainer::Trainer(const Experiment& experiment, const TrainerOptions& options)
    : experiment_(experiment), options_(options) {}

absl::Status Trainer::Prepare(const Context& context) {
  RETURN_IF_ERROR(CheckExperiment(experiment_));
  ASSIGN_OR_RETURN(run_.device, PrepareDevice(experiment_));
  RETURN_IF_ERROR(CheckPrecision(experiment_, run_.device));
  RETURN_IF_ERROR(CheckPinning(experiment_, run_.device));
  const Context here = context.WithDevice(run_.device.str());
  ASSIGN_OR_RETURN(parts_, BuildParts(experiment_, here, Opening::kOpen));
  RETURN_IF_ERROR(CheckParts(experiment_, parts_));
  run_.model = parts_.model;
  run_.optimizer = parts_.optimizer.get();
  run_.dataset = parts_.info;
  run_.name = options_.name;
  run_.folder = options_.folder;
  RETURN_IF_ERROR(MarkRecompute(*run_.model, {experiment_.recompute().begin(),
                                              experiment_.recompute().end()}));
  RETURN_IF_ERROR(Initialise(experiment_, here, *run_.model));
  if (experiment_.has_weights() && !options_.restored) {
    RETURN_IF_ERROR(StartFrom(experiment_.weights(), here, *run_.model));
  }
  const at::ScalarType type = ScalarTypeOf(experiment_.default_dtype());
  MoveTo(*run_.model, run_.device, type);
  for (auto& [name, parameter] : parts_.loss->Parameters()) {
    parameter.set_data(parameter.to(run_.device, type));
  }
  RETURN_IF_ERROR(TryModel());
  if (experiment_.memory_format() == Experiment::AUTO) {
    RETURN_IF_ERROR(ChooseMemoryFormat());
  }
  SetMemoryFormat(*run_.model, experiment_.memory_format());
  forward_.emplace(experiment_, parts_, &run_);
  return MakeOptimizer();
}

// One example through the model, in evaluation mode: finds shapes that don't
// fit and how many classes the model tells apart.
absl::Status Trainer::TryModel() {
  LoaderOptions options = LoaderOf(parts_.train, /*training=*/true);
  options.batch_size = 1;
  options.threads = 0;
  // Any example will do that isn't broken.
  if (options.on_broken == OnBroken::kSkip) {
    options.on_broken = OnBroken::kReplace;
    options.replacements = options.end - options.begin;
  }
  auto loader = Loader::Start(options);
  if (!loader.ok()) return AtPlace(loader.status(), "train");
  RETURN_IF_ERROR(AtPlace((*loader)->Next(&run_.batch), "train"));
  if (run_.batch.views > 1) {
    return Invalid(
        "train: an example must have one view, several are averaged "
        "in eval and test alone",
        run_.batch.views);
  }
  ForwardPass forward(experiment_, parts_, &run_);
  forward.Place();
  ResetState(*run_.model);
  const ModeScope evaluation(*run_.model, /*training=*/false);
  const c10::AutoGradMode no_gradients(false);
  RETURN_IF_ERROR(forward.Predict());
  const at::Tensor& output = run_.prediction.output;
  const at::Tensor& target = run_.batch.target;
  const bool labels = target.scalar_type() == at::kLong;
  // Scores [N, C, ...] of labels [N, ...].
  if (labels && output.dim() >= 2 && output.dim() == target.dim() + 1) {
    label_limit_ = output.size(1);
  }
  return CheckHead();
}

absl::Status Trainer::CheckHead() const {
  const int64_t classes = run_.dataset.classes;
  if (label_limit_ == 0 || classes == label_limit_) return absl::OkStatus();
  // Without names, classes may be the greatest label that was seen.
  const bool named = !run_.dataset.class_names.empty();
  if (classes < label_limit_ && !named) return absl::OkStatus();
  return Invalid(
      absl::StrCat("model: must have an output for each of the ", classes,
                   " classes of train.dataset", named ? " and no more" : ""),
      label_limit_);
}

absl::Status Trainer::ChooseMemoryFormat() {
  LoaderOptions options = LoaderOf(parts_.train, /*training=*/true);
  options.threads = 0;
  auto loader = Loader::Start(options);
  if (!loader.ok()) return AtPlace(loader.status(), "train");
  RETURN_IF_ERROR(AtPlace((*loader)->Next(&run_.batch), "train"));
  ASSIGN_OR_RETURN(const auto faster,
                   FasterMemoryFormat(experiment_, parts_, &run_));
  experiment_.set_memory_format(faster);
  return absl::OkStatus();
}

absl::Status Trainer::MakeOptimizer() {
  NamedTensors parameters = Parameters(*run_.model);
  for (auto& [name, parameter] : parts_.loss->Parameters()) {
    parameters.emplace_back("loss." + name, parameter);
  }
  ASSIGN_OR_RETURN(run_.groups, MakeGroups(experiment_, parameters));
  RETURN_IF_ERROR(AtPlace(run_.optimizer->Attach(&run_.groups), "optimizer"));
  stepper_.emplace(experiment_, parts_, &run_, &*forward_);
  return absl::OkStatus();
}

LoaderOptions Trainer::LoaderOf(const SectionParts& parts, bool training) {
  LoaderOptions options = LoaderOptionsOf(experiment_, parts, training);
  options.threads = LoaderThreads(parts.section);
  options.label_limit = label_limit_;
  options.pinned =
      run_.device.is_cuda() && parts.section.pin_memory() != Section::OFF;
  std::shared_ptr<BrokenLog>& log = broken_logs_[options.dataset];
  if (log == nullptr) log = std::make_shared<BrokenLog>();
  options.broken_log = log;
  options.epoch = training ? run_.progress.epoch : 0;
  options.batch = training ? micro_batch_ : 0;
  return options;
}

absl::Status Trainer::StartLoader() {
  auto loader = Loader::Start(LoaderOf(parts_.train, /*training=*/true));
  if (!loader.ok()) return AtPlace(loader.status(), "train");
  UseLoader(*std::move(loader));
  return absl::OkStatus();
}

void Trainer::UseLoader(std::unique_ptr<Loader> loader) {
  loader_ = std::move(loader);
  broken_ = loader_->broken();
  batches_ = loader_->batches_per_epoch();
  if (experiment_.fast_dev_run() > 0) {
    batches_ = std::min<int64_t>(batches_, experiment_.fast_dev_run());
  }
  Progress& progress = run_.progress;
  const int64_t group = experiment_.accumulate_steps();
  progress.steps_per_epoch = (loader_->batches_per_epoch() + group - 1) / group;
  progress.total_steps = experiment_.has_steps()
                             ? experiment_.steps()
                             : experiment_.epochs() * progress.steps_per_epoch;
}

}  // namespace toque
