// Counts the parameters of a model.

#include <iostream>

#include "framework/command/tool.h"
#include "framework/core/model_access.h"
#include "framework/parts/param_groups.h"
#include "framework/tensors/describe.h"
#include "gflags/gflags.h"
#include "nlohmann/json.hpp"
#include "tools/given_model.h"
#include "tools/sizes.h"
#include "tools/text_table.h"

DEFINE_string(experiment, "", "The experiment, a text-proto.");
DEFINE_string(model, "",
              "A model in place of an experiment, as the text of a plugin.");
DEFINE_bool(json, false, "Prints JSON instead of a table.");

namespace toque {
namespace {

using nlohmann::json;

constexpr char kUsage[] = R"(Counts the parameters of a model (R37):

  params --experiment=experiments/mnist_convnet.textproto
  params --model='[type.googleapis.com/recipe.ConvNet] {}'

Elements of each tensor, and of all: parameters, those that are trained (not
frozen by the experiment's param_group), and buffers. A tensor that layers share
is counted once, under its first name.

  --set='TEXT-PROTO FRAGMENT'
      Changes the experiment; may be given repeatedly.)";

const char* RoleOf(const at::Tensor& parameter) {
  return parameter.requires_grad() ? "trained" : "frozen";
}

struct Counts {
  int64_t parameters = 0;
  int64_t trainable = 0;
  int64_t buffers = 0;
};

Counts CountAll(const Model& model) {
  Counts counts;
  for (const auto& [name, parameter] : Parameters(model)) {
    counts.parameters += parameter.numel();
    if (parameter.requires_grad()) counts.trainable += parameter.numel();
  }
  for (const auto& [name, buffer] : Buffers(model)) {
    counts.buffers += buffer.numel();
  }
  return counts;
}

void PrintTable(const Model& model) {
  TextTable table({"tensor", "shape", "elements", ""});
  const auto add = [&table](const std::string& name, const at::Tensor& tensor,
                            const char* role) {
    table.Add(
        {name, ShapeText(tensor.sizes()), WithCommas(tensor.numel()), role});
  };
  for (const auto& [name, parameter] : Parameters(model)) {
    add(name, parameter, RoleOf(parameter));
  }
  for (const auto& [name, buffer] : Buffers(model)) add(name, buffer, "buffer");
  const Counts counts = CountAll(model);
  std::cout << table.Text() << "\nparameters: " << WithCommas(counts.parameters)
            << ", trainable: " << WithCommas(counts.trainable)
            << ", buffers: " << WithCommas(counts.buffers) << "\n";
}

void PrintJson(const Model& model) {
  json tensors = json::array();
  const auto add = [&tensors](const std::string& name, const at::Tensor& tensor,
                              const char* role) {
    tensors.push_back({{"name", name},
                       {"shape", tensor.sizes().vec()},
                       {"elements", tensor.numel()},
                       {"role", role}});
  };
  for (const auto& [name, parameter] : Parameters(model)) {
    add(name, parameter, RoleOf(parameter));
  }
  for (const auto& [name, buffer] : Buffers(model)) add(name, buffer, "buffer");
  const Counts counts = CountAll(model);
  std::cout << json{{"tensors", tensors},
                    {"parameters", counts.parameters},
                    {"trainable", counts.trainable},
                    {"buffers", counts.buffers}}
                   .dump(2)
            << "\n";
}

absl::Status Main(const std::vector<std::string>& changes) {
  ASSIGN_OR_RETURN(const GivenModel given,
                   MakeGivenModel({FLAGS_experiment, FLAGS_model, changes}));
  // Freezes what the experiment freezes.
  RETURN_IF_ERROR(
      MakeGroups(given.experiment, Parameters(*given.model)).status());
  FLAGS_json ? PrintJson(*given.model) : PrintTable(*given.model);
  return absl::OkStatus();
}

}  // namespace
}  // namespace toque

int main(int argc, char** argv) {
  return toque::ToolMainWithChanges(toque::kUsage, argc, argv, toque::Main);
}
