// The graph that autograd walks back from an output (recipe R39).

#ifndef TOQUE_TOOLS_AUTOGRAD_GRAPH_H_
#define TOQUE_TOOLS_AUTOGRAD_GRAPH_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "ATen/core/Tensor.h"

namespace toque {

class Model;

struct AutogradGraph {
  enum class Kind { kOperation, kParameter, kOutput };
  struct Node {
    Kind kind = Kind::kOperation;
    // "ConvolutionBackward0", or the full name of a parameter, or "output".
    std::string name;
    // Of an operation the path of the block that it is in; of a tensor its
    // shape, "[64, 3, 7, 7]".
    std::string detail;
    bool operator==(const Node&) const = default;
  };
  std::vector<Node>
      nodes;  // the output first, those nearer to it before others
  // Places in `nodes`, from what is used to what uses it: the way of the
  // forward. Each pair once.
  std::vector<std::pair<size_t, size_t>> edges;
};

// Calls the model as it is. The graph of its output: every operation and
// parameter that a gradient would reach, once. Throws what the model throws.
AutogradGraph GraphOf(Model& model, const at::Tensor& input);

// In the language of Graphviz; the same graph makes the same text.
std::string DotText(const AutogradGraph& graph, const std::string& title);

}  // namespace toque

#endif  // TOQUE_TOOLS_AUTOGRAD_GRAPH_H_
