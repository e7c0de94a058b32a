#include "framework/weights/model_weights.h"

#include <utility>

#include "framework/core/model.h"
#include "framework/core/state.h"
#include "framework/weights/builtin_weights.h"
#include "framework/weights/weights_file.h"
#include "framework/weights/weights_options.h"

namespace toque {
namespace {

// Parameters and buffers, under each name that they have.
NamedTensors TensorsOf(const Model& model) {
  NamedTensors tensors;
  for (const auto& items : {model.named_parameters(), model.named_buffers()}) {
    for (const auto& item : items) {
      if (item.value().defined()) {
        tensors.emplace_back(item.key(), item.value());
      }
    }
  }
  return tensors;
}

absl::StatusOr<WeightsReport> Load(const std::string& path,
                                   const Weights& options, const Model& model) {
  ASSIGN_OR_RETURN(const WeightsFile file, ReadWeights(path, options.key()));
  auto report = CopyWeights(file.tensors, options, TensorsOf(model));
  if (!report.ok()) return AtPlace(report.status(), path);
  return report;
}

}  // namespace

absl::Status LoadWeights(const std::string& path, const Model& model) {
  return Load(path, Weights(), model).status();
}

absl::StatusOr<WeightsReport> LoadWeights(const Weights& options,
                                          const Context& context,
                                          const Model& model) {
  RETURN_IF_ERROR(CheckWeights(options));
  std::string path;
  if (IsBuiltinName(options.file())) {
    ASSIGN_OR_RETURN(path, FindBuiltinWeights(options.file()));
  } else {
    path = context.DataPath(options.file());
  }
  return Load(path, options, model);
}

}  // namespace toque
