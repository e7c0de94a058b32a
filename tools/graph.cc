// Draws the graph of a model's operations and parameters.

#include <filesystem>
#include <iostream>

#include "absl/strings/match.h"
#include "framework/command/flags.h"
#include "framework/command/tool.h"
#include "framework/core/model_access.h"
#include "framework/core/registry.h"
#include "framework/trainer/run_folder.h"
#include "gflags/gflags.h"
#include "tools/autograd_graph.h"
#include "tools/given_model.h"
#include "tools/subprocess.h"

DEFINE_string(experiment, "", "The experiment, a text-proto.");
DEFINE_string(model, "",
              "A model in place of an experiment, as the text of a plugin.");
DEFINE_string(input, "",
              "Shape of the input, batch first (default: one example of the "
              "model's).");
DEFINE_string(output, "", "A .dot or .svg (default: DOT is printed).");

namespace toque {
namespace {

constexpr char kUsage[] =
    R"(Draws what autograd walks back from a model's output (R39):

  graph --model='[type.googleapis.com/recipe.ConvNet] {}' --output=conv_net.svg

A box for each operation, with the path of the layer that it ends, and one for
each parameter; a shared one stands once. An .svg is made by Graphviz's dot.

  --set='TEXT-PROTO FRAGMENT'
      Changes the experiment; may be given repeatedly.)";

// Runs dot, which makes `svg` of `text`.
absl::Status DrawSvg(const std::string& text, const std::string& svg) {
  const std::string dot = svg + ".dot";
  const std::string log = svg + ".log";
  RETURN_IF_ERROR(WriteTextFile(dot, text));
  const absl::Status drawn =
      RunProgram({"/usr/bin/env", "dot", "-Tsvg", dot, "-o", svg}, log);
  if (!drawn.ok()) {
    return Invalid(
        absl::StrCat("an .svg needs the program dot of the package graphviz; ",
                     dot, " holds the graph (", log, " says what went wrong)"));
  }
  std::filesystem::remove(dot);
  std::filesystem::remove(log);
  return absl::OkStatus();
}

absl::Status Write(const std::string& text) {
  if (FLAGS_output.empty()) {
    std::cout << text;
    return absl::OkStatus();
  }
  const std::string path = UserPath(FLAGS_output);
  if (absl::EndsWith(path, ".dot")) return WriteTextFile(path, text);
  return DrawSvg(text, path);
}

absl::Status Main(const std::vector<std::string>& changes) {
  if (!FLAGS_output.empty() && !absl::EndsWith(FLAGS_output, ".dot") &&
      !absl::EndsWith(FLAGS_output, ".svg")) {
    return Invalid("--output must end with .dot or .svg", FLAGS_output);
  }
  ASSIGN_OR_RETURN(const GivenModel given,
                   MakeGivenModel({FLAGS_experiment, FLAGS_model, changes}));
  ASSIGN_OR_RETURN(const std::vector<int64_t> shape,
                   InputShape("--input", FLAGS_input, *given.model));
  const ModeScope evaluation(*given.model, /*training=*/false);
  const AutogradGraph graph = GraphOf(*given.model, RandomInput(shape));
  const std::string_view name = PluginName(given.experiment.model());
  return Write(DotText(graph, std::string(name)));
}

}  // namespace
}  // namespace toque

int main(int argc, char** argv) {
  return toque::ToolMainWithChanges(toque::kUsage, argc, argv, toque::Main);
}
