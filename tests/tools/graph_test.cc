#include "ATen/ops/ones.h"
#include "framework/core/model.h"
#include "framework/layers/layers.h"
#include "tests/end_to_end/small_run.h"
#include "tests/tools/run_tool.h"
#include "tools/autograd_graph.h"

namespace toque {
namespace {

using Kind = AutogradGraph::Kind;
using testing::HasSubstr;
using testing::StartsWith;
using testing::UnorderedElementsAre;

// relu(fc(x)) + fc(x), with fc called once: its output is used twice.
struct Net : Model {
  at::Tensor Forward(const at::Tensor& input) override {
    const at::Tensor features = (*fc)(input);
    return (*relu)(features).add(features);
  }
  std::vector<int64_t> ExampleShape() const override { return {3}; }
  Layer fc = Add("fc", Linear(3, 2));
  Layer relu = Add("relu", Relu());
};

class GraphOfTest : public testing::Test {
 protected:
  // "from -> to" by names.
  std::vector<std::string> Edges() const {
    std::vector<std::string> edges;
    for (const auto& [from, to] : graph_.edges) {
      edges.push_back(graph_.nodes[from].name + " -> " + graph_.nodes[to].name);
    }
    return edges;
  }

  const std::shared_ptr<Net> net_ = std::make_shared<Net>();
  const AutogradGraph graph_ = GraphOf(*net_, at::ones({1, 3}));
};

TEST_F(GraphOfTest, HasEachOperationAndParameterOnce) {
  const auto node = [](Kind kind, const char* name, const char* detail) {
    return AutogradGraph::Node{kind, name, detail};
  };
  EXPECT_THAT(graph_.nodes, UnorderedElementsAre(
                                node(Kind::kOutput, "output", "[1, 2]"),
                                node(Kind::kOperation, "AddBackward0", ""),
                                node(Kind::kOperation, "ReluBackward0", "relu"),
                                node(Kind::kOperation, "AddmmBackward0", "fc"),
                                node(Kind::kOperation, "TBackward0", ""),
                                node(Kind::kParameter, "fc.weight", "[2, 3]"),
                                node(Kind::kParameter, "fc.bias", "[2]")));
  EXPECT_EQ(graph_.nodes[0].kind, Kind::kOutput);
}

TEST_F(GraphOfTest, HasTheEdgesOfTheForward) {
  EXPECT_THAT(Edges(), UnorderedElementsAre("AddBackward0 -> output",
                                            "ReluBackward0 -> AddBackward0",
                                            "AddmmBackward0 -> AddBackward0",
                                            "AddmmBackward0 -> ReluBackward0",
                                            "TBackward0 -> AddmmBackward0",
                                            "fc.weight -> TBackward0",
                                            "fc.bias -> AddmmBackward0"));
}

TEST_F(GraphOfTest, LeavesOutWhatNoGradientReaches) {
  for (const auto& item : net_->named_parameters()) {
    item.value().requires_grad_(false);
  }
  EXPECT_EQ(GraphOf(*net_, at::ones({1, 3})).nodes.size(), 1u);
}

TEST(DotTextTest, IsTheSameForTheSameGraph) {
  const AutogradGraph graph = {
      {{Kind::kOutput, "output", "[1]"}, {Kind::kOperation, "a\"b", ""}},
      {{1, 0}}};
  EXPECT_EQ(DotText(graph, "net"),
            "digraph \"net\" {\n"
            "  node [shape=box, fontname=\"sans-serif\", fontsize=10];\n"
            "  n0 [label=\"output\\n[1]\", style=filled, "
            "fillcolor=\"#d9ead3\"];\n"
            "  n1 [label=\"a\\\"b\"];\n"
            "  n1 -> n0;\n"
            "}\n");
}

constexpr char kModel[] = "--model=[type.googleapis.com/recipe.ConvNet] {}";

TEST(GraphTest, WritesDotAndSvg) {
  const ToolRun printed = RunTool({"tools/graph", kModel});
  ASSERT_EQ(printed.status, 0) << printed.output;
  EXPECT_THAT(printed.output, StartsWith("digraph \"recipe.ConvNet\""));
  EXPECT_THAT(printed.output, HasSubstr("layer2.0.weight\\n[32, 16, 5, 5]"));

  const std::string dot = TestFolder() + "/net.dot";
  ASSERT_EQ(RunTool({"tools/graph", kModel, "--output=" + dot}).status, 0);
  EXPECT_EQ(ReadBytes(dot), printed.output);

  const std::string svg = TestFolder() + "/net.svg";
  const ToolRun drawn = RunTool({"tools/graph", kModel, "--output=" + svg});
  if (drawn.status == 0) {
    EXPECT_THAT(ReadBytes(svg), HasSubstr("fc.weight"));
  } else {
    EXPECT_THAT(drawn.output, HasSubstr("the package graphviz"));
    EXPECT_EQ(ReadBytes(svg + ".dot"), printed.output);
  }
}

TEST(GraphTest, SaysWhatIsWrong) {
  EXPECT_THAT(RunTool({"tools/graph", kModel, "--output=net.pdf"}).output,
              HasSubstr("--output must end with .dot or .svg, got net.pdf"));
}

}  // namespace
}  // namespace toque
