// From LibTorch's record of a run to ours.

#ifndef TOQUE_FRAMEWORK_EXPORT_GRAPH_READER_H_
#define TOQUE_FRAMEWORK_EXPORT_GRAPH_READER_H_

#include "framework/core/state.h"
#include "framework/export/trace.h"

namespace torch::jit {
struct Graph;
}  // namespace torch::jit

namespace toque {

// `graph` takes the model's input and then the tensors `stored`; the scope of
// a node is the path of its layer. What is computed of nothing that is given
// becomes a constant. Errors name the layer and the operation.
absl::StatusOr<Trace> ReadGraph(const NamedTensors& stored,
                                torch::jit::Graph& graph);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_EXPORT_GRAPH_READER_H_
