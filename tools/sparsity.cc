// Counts the zeros in a model's weights.

#include <iostream>

#include "ATen/core/Tensor.h"
#include "absl/strings/str_format.h"
#include "framework/command/flags.h"
#include "framework/command/tool.h"
#include "framework/core/model_access.h"
#include "framework/tensors/describe.h"
#include "framework/weights/builtin_weights.h"
#include "framework/weights/weights_file.h"
#include "gflags/gflags.h"
#include "nlohmann/json.hpp"
#include "tools/sizes.h"
#include "tools/text_table.h"
#include "tools/trained_model.h"

DECLARE_string(run_dir);
DECLARE_string(experiment);
DECLARE_string(model);
DECLARE_string(weights);
DEFINE_bool(json, false, "Prints JSON instead of a table.");

namespace toque {
namespace {

using nlohmann::json;

constexpr char kUsage[] = R"(Counts the zeros in weights (R26):

  sparsity --run_dir=runs/clothing_finetune/2026-01-31_12-00-00
  sparsity --weights=FILE

Elements, zeros and their share, of each tensor and of all: of the parameters of
a model, a tensor that layers share once, or of the floating tensors of a file.

)";

struct Zeros {
  int64_t elements = 0;
  int64_t zeros = 0;

  // 0 where there are no elements.
  double Share() const {
    return elements == 0
               ? 0
               : static_cast<double>(zeros) / static_cast<double>(elements);
  }
};

// 0 and -0; NaN is neither.
Zeros ZerosOf(const at::Tensor& tensor) {
  return {tensor.numel(), tensor.eq(0).sum().item<int64_t>()};
}

void Add(const Zeros& zeros, Zeros* all) {
  all->elements += zeros.elements;
  all->zeros += zeros.zeros;
}

std::string Percent(const Zeros& zeros) {
  return absl::StrFormat("%.2f%%", 100 * zeros.Share());
}

void PrintTable(const NamedTensors& tensors) {
  TextTable table({"tensor", "shape", "elements", "zeros", "share"});
  Zeros all;
  for (const auto& [name, tensor] : tensors) {
    const Zeros zeros = ZerosOf(tensor);
    Add(zeros, &all);
    table.Add({name, ShapeText(tensor.sizes()), WithCommas(zeros.elements),
               WithCommas(zeros.zeros), Percent(zeros)});
  }
  std::cout << table.Text() << "\nzeros: " << WithCommas(all.zeros) << " of "
            << WithCommas(all.elements) << ", " << Percent(all) << "\n";
}

json AsJson(const Zeros& zeros) {
  return {{"elements", zeros.elements},
          {"zeros", zeros.zeros},
          {"share", zeros.Share()}};
}

void PrintJson(const NamedTensors& tensors) {
  json each = json::array();
  Zeros all;
  for (const auto& [name, tensor] : tensors) {
    const Zeros zeros = ZerosOf(tensor);
    Add(zeros, &all);
    each.push_back(AsJson(zeros));
    each.back()["name"] = name;
    each.back()["shape"] = tensor.sizes().vec();
  }
  json report = AsJson(all);
  report["tensors"] = each;
  std::cout << report.dump(2) << "\n";
}

absl::StatusOr<NamedTensors> TensorsOfFile(const std::string& file) {
  std::string path = UserPath(file);
  if (IsBuiltinName(file)) {
    ASSIGN_OR_RETURN(path, FindBuiltinWeights(file));
  }
  ASSIGN_OR_RETURN(WeightsFile weights, ReadWeights(path));
  std::erase_if(weights.tensors, [](const auto& named) {
    return !named.second.is_floating_point();
  });
  return weights.tensors;
}

absl::StatusOr<NamedTensors> Tensors(const std::vector<std::string>& changes) {
  const bool of_model = !FLAGS_run_dir.empty() || !FLAGS_experiment.empty() ||
                        !FLAGS_model.empty();
  if (!of_model && !FLAGS_weights.empty()) return TensorsOfFile(FLAGS_weights);
  ASSIGN_OR_RETURN(const TrainedModel trained, TrainedModelOfFlags(changes));
  return Parameters(*trained.model);
}

absl::Status Main(const std::vector<std::string>& changes) {
  ASSIGN_OR_RETURN(const NamedTensors tensors, Tensors(changes));
  FLAGS_json ? PrintJson(tensors) : PrintTable(tensors);
  return absl::OkStatus();
}

}  // namespace
}  // namespace toque

int main(int argc, char** argv) {
  const std::string usage =
      absl::StrCat(toque::kUsage, toque::View(toque::TrainedModelUsage()));
  return toque::ToolMainWithChanges(usage, argc, argv, toque::Main);
}
