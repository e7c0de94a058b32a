// Lists the layers of a model: what they give, hold and cost.

#include <iostream>

#include "ATen/Parallel.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "framework/command/flags.h"
#include "framework/command/tool.h"
#include "framework/core/model_access.h"
#include "framework/core/option_checks.h"
#include "framework/plot/plot.h"
#include "gflags/gflags.h"
#include "nlohmann/json.hpp"
#include "tools/given_model.h"
#include "tools/model_summary.h"
#include "tools/sizes.h"
#include "tools/text_table.h"

DEFINE_string(experiment, "", "The experiment, a text-proto.");
DEFINE_string(model, "",
              "A model in place of an experiment, as the text of a plugin.");
DEFINE_string(input, "",
              "Shape of the input, batch first (default: one example of the "
              "model's).");
DEFINE_int32(depth, 0,
             "Shows parts down to so many steps below the model, with what is "
             "below them in their lines; 0 shows all.");
DEFINE_bool(json, false, "Prints JSON instead of a table.");
DEFINE_string(output, "", "A .svg or .png that the layers are drawn into.");
DEFINE_double(warn_mib, 64,
              "Warns of layers whose own weights take more than this.");
DEFINE_int32(repeats, 3, "Timed forwards, of which the fastest counts.");
DEFINE_int32(threads, 0,
             "Threads inside an operator (default: LibTorch's choice).");

namespace toque {
namespace {

using nlohmann::json;

constexpr char kUsage[] = R"(Lists the layers of a model (R40, R78):

  summary --experiment=experiments/mnist_convnet.textproto
  summary --model='[type.googleapis.com/recipe.ResNet] { depth: 18 }' --depth=1
  summary --experiment=FILE --depth=2 --output=net.svg

For each layer what it is, the shape it gives, and of its own, without its
parts: parameters, multiply-accumulates (MACs) of convolutions, linear and
recurrent layers, the memory of its output and its share of a forward's time, on
the CPU without gradients. Weights are those that the model starts with. The
picture has a row of bars for each line of the table.

  --set='TEXT-PROTO FRAGMENT'
      Changes the experiment; may be given repeatedly.)";

constexpr double kMib = 1 << 20;

std::string Named(const LayerSummary& layer) {
  if (layer.path.empty()) return layer.layer;
  return absl::StrCat(layer.path, ": ", layer.layer);
}

std::string Shape(const LayerSummary& layer) {
  if (layer.calls == 0) return "not called";
  return absl::StrCat("[", absl::StrJoin(layer.output, ", "), "]");
}

// The part of a forward's time, in percent.
double TimeShare(const LayerSummary& layer, const LayerSummary& total) {
  return total.seconds > 0 ? 100 * layer.seconds / total.seconds : 0;
}

void PrintTable(const std::vector<LayerSummary>& layers) {
  const LayerSummary total = Total(layers);
  TextTable table({"layer", "output", "calls", "parameters", "weights", "MACs",
                   "activations", "time"});
  const auto add = [&](const LayerSummary& layer, const std::string& name,
                       const std::string& shape, const std::string& calls) {
    table.Add({name, shape, calls, WithCommas(layer.parameters),
               BytesText(layer.weight_bytes), WithCommas(layer.macs),
               BytesText(layer.activation_bytes),
               absl::StrFormat("%.1f %%", TimeShare(layer, total))});
  };
  for (const LayerSummary& layer : layers) {
    add(layer, Named(layer), Shape(layer), absl::StrCat(layer.calls));
  }
  add(total, "total", "", "");
  std::cout << table.Text() << "\nparameters: " << WithCommas(total.parameters)
            << ", trainable: " << WithCommas(total.trainable)
            << ", buffers: " << WithCommas(total.buffers)
            << absl::StreamFormat("\nforward: %.2f ms with %d threads\n",
                                  1e3 * total.seconds, at::get_num_threads());
}

json Json(const LayerSummary& layer) {
  return {{"path", layer.path},
          {"layer", layer.layer},
          {"calls", layer.calls},
          {"output", layer.output},
          {"parameters", layer.parameters},
          {"trainable", layer.trainable},
          {"buffers", layer.buffers},
          {"weight_bytes", layer.weight_bytes},
          {"macs", layer.macs},
          {"activation_bytes", layer.activation_bytes},
          {"seconds", layer.seconds}};
}

void PrintJson(const std::vector<LayerSummary>& layers,
               const std::vector<int64_t>& input) {
  json lines = json::array();
  for (const LayerSummary& layer : layers) lines.push_back(Json(layer));
  json total = Json(Total(layers));
  for (const char* key : {"path", "layer", "calls", "output"}) total.erase(key);
  std::cout << json{{"input", input}, {"layers", lines}, {"total", total}}.dump(
                   2)
            << "\n";
}

// A row for each layer, with a bar for each of what it costs.
Bars Picture(const std::vector<LayerSummary>& layers,
             const std::vector<int64_t>& input) {
  const LayerSummary total = Total(layers);
  Bars bars;
  bars.title = absl::StrCat(layers[0].layer, ", input [",
                            absl::StrJoin(input, ", "), "]");
  bars.panels = {{"parameters", ShortCount(total.parameters)},
                 {"MACs", ShortCount(total.macs)},
                 {"activations", BytesText(total.activation_bytes)},
                 {"time", absl::StrFormat("%.2f ms", 1e3 * total.seconds)}};
  const auto add = [&](size_t panel, double length, const std::string& text) {
    // Most layers cost nothing of something: that stays blank.
    bars.panels[panel].bars.push_back({length, length > 0 ? text : ""});
  };
  for (const LayerSummary& layer : layers) {
    bars.rows.push_back(Named(layer));
    add(0, static_cast<double>(layer.parameters), ShortCount(layer.parameters));
    add(1, static_cast<double>(layer.macs), ShortCount(layer.macs));
    add(2, static_cast<double>(layer.activation_bytes),
        BytesText(layer.activation_bytes));
    const double share = TimeShare(layer, total);
    add(3, share < 0.05 ? 0 : share, absl::StrFormat("%.1f %%", share));
  }
  return bars;
}

void Warn(const std::vector<LayerSummary>& layers) {
  for (const LayerSummary& layer : layers) {
    const double mib = static_cast<double>(layer.weight_bytes) / kMib;
    if (mib <= FLAGS_warn_mib) continue;
    std::cerr << absl::StreamFormat(
        "warning: the weights of %s take %s, more than %g MiB; with gradients "
        "and an optimizer's state 2 to 4 times that\n",
        Named(layer), BytesText(layer.weight_bytes), FLAGS_warn_mib);
  }
}

absl::Status Main(const std::vector<std::string>& changes) {
  RETURN_IF_ERROR(Together({AtLeast("--depth", FLAGS_depth, 0),
                            AtLeast("--warn_mib", FLAGS_warn_mib, 0),
                            AtLeast("--repeats", FLAGS_repeats, 1),
                            AtLeast("--threads", FLAGS_threads, 0)}));
  if (FLAGS_threads > 0) at::set_num_threads(FLAGS_threads);
  ASSIGN_OR_RETURN(const GivenModel given,
                   MakeGivenModel({FLAGS_experiment, FLAGS_model, changes}));
  ASSIGN_OR_RETURN(const std::vector<int64_t> shape,
                   InputShape("--input", FLAGS_input, *given.model));
  const ModeScope evaluation(*given.model, /*training=*/false);
  const std::vector<LayerSummary> all =
      Summarize(*given.model, RandomInput(shape), FLAGS_repeats);
  const std::vector<LayerSummary> layers =
      FLAGS_depth == 0 ? all : Fold(all, FLAGS_depth);
  FLAGS_json ? PrintJson(layers, shape) : PrintTable(layers);
  Warn(all);
  if (FLAGS_output.empty()) return absl::OkStatus();
  return DrawBars(Picture(layers, shape), UserPath(FLAGS_output));
}

}  // namespace
}  // namespace toque

int main(int argc, char** argv) {
  return toque::ToolMainWithChanges(toque::kUsage, argc, argv, toque::Main);
}
