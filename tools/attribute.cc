// Which pixels a prediction hangs on.

#include <algorithm>
#include <filesystem>
#include <iostream>

#include "ATen/core/Tensor.h"
#include "ATen/ops/full.h"
#include "ATen/ops/zeros_like.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "c10/core/GradMode.h"
#include "framework/codec/encode.h"
#include "framework/command/flags.h"
#include "framework/command/tool.h"
#include "framework/core/model_access.h"
#include "framework/core/option_checks.h"
#include "framework/inference/attribution.h"
#include "framework/plot/plot.h"
#include "framework/weights/atomic_file.h"
#include "gflags/gflags.h"
#include "tools/overlay.h"
#include "tools/picture_files.h"
#include "tools/shown_pictures.h"
#include "tools/trained_model.h"

DEFINE_string(method, "grad_cam",
              "saliency, smooth_grad, integrated_gradients, grad_cam, "
              "occlusion, or all.");
DEFINE_string(out, "",
              "A .png of one method on one picture; else a contact sheet, .png "
              "or .svg.");
DEFINE_int64(label, -1,
             "The class that is asked about, from 0 (default: the likeliest).");
DEFINE_string(part, "",
              "Of grad_cam: the path of the part whose maps are shown "
              "(default: the last that makes maps).");
DEFINE_int64(steps, 32, "Of integrated_gradients.");
DEFINE_int64(samples, 16, "Of smooth_grad: noisy inputs.");
DEFINE_int64(side, 32, "Of occlusion: side of the square in pixels.");
DEFINE_int64(stride, 16, "Of occlusion: from square to square, in pixels.");

namespace toque {
namespace {

constexpr char kUsage[] = R"(Draws which pixels a prediction hangs on (R98):

  attribute --run_dir=runs/clothing_finetune/2026-01-31_12-00-00 \
      --method=grad_cam --out=overlay.png photo.jpg

The picture is shown as the model sees it, with a colour over it that is the
stronger the more a pixel counts for the class. Covered pixels of occlusion, and
the baseline of integrated gradients, are 0 after Normalize.

)";

constexpr const char* kMethods[] = {
    "saliency", "smooth_grad", "integrated_gradients", "grad_cam", "occlusion"};

// One picture, as the model sees it.
struct Subject {
  std::string name;
  at::Tensor input;    // [1, C, H, W]
  at::Tensor classes;  // int64 [1]
  Sheet::Picture picture;
};

absl::StatusOr<Subject> SubjectOf(const TrainedModel& trained,
                                  const Dataset& dataset, int64_t index) {
  ASSIGN_OR_RETURN(LoaderOptions options,
                   trained.LoaderOf(dataset, index, index + 1));
  options.threads = 0;
  ASSIGN_OR_RETURN(const auto loader, Loader::Start(options));
  Batch batch;
  RETURN_IF_ERROR(loader->Next(&batch));
  ASSIGN_OR_RETURN(auto pictures, ShownPictures(options, 1, DatasetInfo()));
  const c10::AutoGradMode no_gradients(false);
  Subject subject;
  subject.name = ShortName(dataset, index);
  subject.input = trained.Input(batch).slice(0, 0, 1).contiguous();
  subject.picture = std::move(pictures.front());
  ResetState(*trained.model);
  const at::Tensor logits = Predict(*trained.model, subject.input);
  TORCH_CHECK(logits.dim() == 2 && FLAGS_label < logits.size(1),
              "--label must be one of the model's classes, got ", FLAGS_label);
  RETURN_IF_ERROR(trained.CheckClassNames(logits.size(1)));
  subject.classes = FLAGS_label < 0 ? logits.argmax(1)
                                    : at::full({1}, FLAGS_label, at::kLong);
  const int64_t label = subject.classes.item<int64_t>();
  subject.picture.name =
      absl::StrFormat("%s %.1f %%", trained.ClassName(label),
                      100 * logits.softmax(1)[0][label].item<double>());
  return subject;
}

at::Tensor Integrated(const Score& score, const Subject& subject) {
  const at::Tensor baseline = at::zeros_like(subject.input);
  const at::Tensor parts =
      IntegratedGradients(score, subject.input, baseline, FLAGS_steps);
  const c10::AutoGradMode no_gradients(false);
  const double difference =
      score(subject.input).sub(score(baseline)).item<double>();
  std::cout << absl::StreamFormat(
      "%s: integrated gradients add up to %.4g; the scores differ by %.4g; "
      "more --steps bring them closer\n",
      subject.name, parts.sum().item<double>(), difference);
  return parts.sum(1).abs();
}

absl::Status CheckPart(const Model& model, const std::string& part) {
  const std::vector<std::string> parts = BlockPaths(model);
  if (std::ranges::find(parts, part) != parts.end()) return absl::OkStatus();
  return Invalid("--part: must be a part of the model", part);
}

absl::StatusOr<at::Tensor> HeatOf(const std::string& method,
                                  const TrainedModel& trained,
                                  const Subject& subject) {
  const Score score = ClassScore(trained.model, subject.classes);
  if (method == "saliency") return Saliency(score, subject.input);
  if (method == "smooth_grad") {
    return SmoothGrad(score, subject.input, {.samples = FLAGS_samples});
  }
  if (method == "integrated_gradients") return Integrated(score, subject);
  if (method == "occlusion") {
    return Occlusion(score, subject.input,
                     {.side = FLAGS_side, .stride = FLAGS_stride});
  }
  std::string part = FLAGS_part;
  if (!part.empty()) {
    RETURN_IF_ERROR(CheckPart(*trained.model, part));
  } else {
    ASSIGN_OR_RETURN(part, LastFeatureMaps(*trained.model, subject.input));
  }
  return GradCam(*trained.model, subject.input, subject.classes, part);
}

absl::StatusOr<std::vector<std::string>> ChosenMethods() {
  std::vector<std::string> methods(std::begin(kMethods), std::end(kMethods));
  if (FLAGS_method == "all") return methods;
  if (std::ranges::find(methods, FLAGS_method) != methods.end()) {
    return std::vector<std::string>{FLAGS_method};
  }
  return Invalid(
      "--method must be saliency, smooth_grad, integrated_gradients, grad_cam, "
      "occlusion or all",
      FLAGS_method);
}

absl::Status WritePng(const Sheet::Picture& picture) {
  ASSIGN_OR_RETURN(
      const std::string png,
      EncodePng({picture.pixels.data(), picture.height, picture.width, 3}));
  return AtomicFile::Write(UserPath(FLAGS_out), png);
}

absl::Status Draw(const std::vector<Sheet::Picture>& pictures, size_t methods) {
  // The picture itself and one overlay.
  if (pictures.size() == 2 && FLAGS_out.ends_with(".png")) {
    return WritePng(pictures[1]);
  }
  Sheet sheet;
  sheet.columns = static_cast<int>(methods) + 1;
  sheet.pictures = pictures;
  return DrawSheet(sheet, UserPath(FLAGS_out));
}

absl::Status Main(const std::vector<std::string>& changes,
                  const std::vector<std::string>& paths) {
  RETURN_IF_ERROR(Together(
      {Given("--out", !FLAGS_out.empty()), AtLeast("--steps", FLAGS_steps, 1),
       AtLeast("--label", FLAGS_label, -1),
       AtLeast("--samples", FLAGS_samples, 1), AtLeast("--side", FLAGS_side, 1),
       Between("--stride", FLAGS_stride, 1, FLAGS_side)}));
  if (!FLAGS_out.ends_with(".png") && !FLAGS_out.ends_with(".svg")) {
    return Invalid("--out must end in .png or .svg", FLAGS_out);
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> methods, ChosenMethods());
  ASSIGN_OR_RETURN(const auto dataset, PictureFilesAt(paths));
  ASSIGN_OR_RETURN(const TrainedModel trained, TrainedModelOfFlags(changes));
  for (const auto& [name, parameter] : Parameters(*trained.model)) {
    parameter.set_requires_grad(false);
  }
  std::vector<Sheet::Picture> pictures;
  for (int64_t i = 0; i < dataset->size(); ++i) {
    ASSIGN_OR_RETURN(const Subject subject, SubjectOf(trained, *dataset, i));
    std::cout << subject.name << ": " << subject.picture.name << "\n";
    pictures.push_back(subject.picture);
    for (const std::string& method : methods) {
      ASSIGN_OR_RETURN(const at::Tensor heat, HeatOf(method, trained, subject));
      pictures.push_back(Overlay(subject.picture, heat[0]));
      pictures.back().name =
          absl::StrReplaceAll(method, {{"_gradients", ""}, {"_", " "}});
    }
  }
  return Draw(pictures, methods.size());
}

}  // namespace
}  // namespace toque

int main(int argc, char** argv) {
  const auto changes = toque::TakeRepeatedFlag("set", &argc, argv);
  const std::string usage =
      absl::StrCat(toque::kUsage, toque::View(toque::TrainedModelUsage()));
  return toque::ToolMain(usage, argc, argv, [&changes](const auto& words) {
    return toque::Main(changes, words);
  });
}
