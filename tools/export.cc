// Writes a trained model for use without Toque.

#include <filesystem>

#include "ATen/ops/rand.h"
#include "c10/core/GradMode.h"
#include "framework/command/flags.h"
#include "framework/command/tool.h"
#include "framework/config/config.h"
#include "framework/core/model.h"
#include "framework/core/model_access.h"
#include "framework/export/metadata.h"
#include "framework/export/onnx.h"
#include "framework/export/python.h"
#include "framework/export/trace.h"
#include "framework/weights/atomic_file.h"
#include "framework/weights/safetensors.h"
#include "gflags/gflags.h"
#include "tools/trained_model.h"

DEFINE_string(out, "", "The folder that the files are written to.");
DEFINE_string(format, "python",
              "python: net.py and net.safetensors; onnx: net.onnx.");

namespace toque {
namespace {

constexpr int64_t kExamples = 3;

constexpr char kUsage[] = R"(Writes a model for use without Toque:

  export --run_dir=runs/digits_convnet/2026-01-31_12-00-00 --out=net

writes net/net.safetensors and net/net.py, which makes the net of plain PyTorch,
or with --format=onnx net/net.onnx; and net/example.safetensors, an input with
the output that belongs to it. Names of classes and an evaluation's transforms
stand in net.py and net.onnx where they are known.

)";

// Random numbers, and what the model makes of them.
State ExampleOf(Model& model) {
  const c10::NoGradGuard no_gradients;
  const ModeScope evaluation(model, /*training=*/false);
  std::vector<int64_t> shape = model.ExampleShape();
  shape.insert(shape.begin(), kExamples);
  State example;
  const at::Tensor input = at::rand(shape);
  ResetState(model);
  example.Set("output", Predict(model, input));
  example.Set("input", input);
  return example;
}

// Transforms that --model has by default are a guess, and left out.
NetMetadata MetadataOf(const TrainedModel& trained) {
  NetMetadata metadata{trained.class_names, ""};
  const bool guessed = IsGiven("model") && !IsGiven("transforms");
  if (!trained.evaluation || guessed) return metadata;
  Experiment experiment;
  *experiment.mutable_eval()->mutable_transform() =
      trained.evaluation->transform();
  metadata.transforms = ExperimentText(experiment);
  return metadata;
}

absl::Status Write(Model& model, const NetMetadata& metadata,
                   const std::string& folder) {
  MoveTo(model, at::kCPU, at::kFloat);
  ToMemoryFormat(model, at::MemoryFormat::Contiguous);
  ASSIGN_OR_RETURN(const Trace trace, TraceModel(model));
  if (FLAGS_format == "onnx") {
    ASSIGN_OR_RETURN(const std::string bytes, OnnxModel(trace, metadata));
    RETURN_IF_ERROR(AtomicFile::Write(folder + "/net.onnx", bytes));
  } else {
    RETURN_IF_ERROR(
        WriteSafetensors(folder + "/net.safetensors", StateOf(trace)));
    RETURN_IF_ERROR(
        AtomicFile::Write(folder + "/net.py", PythonModule(trace, metadata)));
  }
  return WriteSafetensors(folder + "/example.safetensors", ExampleOf(model));
}

absl::Status Main(const std::vector<std::string>& changes) {
  if (FLAGS_out.empty()) return Invalid("--out must be given");
  if (FLAGS_format != "python" && FLAGS_format != "onnx") {
    return Invalid("--format must be python or onnx", FLAGS_format);
  }
  ASSIGN_OR_RETURN(const TrainedModel trained, TrainedModelOfFlags(changes));
  const std::string folder = UserPath(FLAGS_out);
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return absl::InternalError(absl::StrCat(folder, ": ", error.message()));
  }
  return Write(*trained.model, MetadataOf(trained), folder);
}

}  // namespace
}  // namespace toque

int main(int argc, char** argv) {
  const std::string usage =
      absl::StrCat(toque::kUsage, toque::View(toque::TrainedModelUsage()));
  return toque::ToolMainWithChanges(usage, argc, argv, toque::Main);
}
