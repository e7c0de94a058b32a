// What the layers of a model are and cost (recipes R40 and R78).

#ifndef TOQUE_TOOLS_MODEL_SUMMARY_H_
#define TOQUE_TOOLS_MODEL_SUMMARY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "ATen/core/Tensor.h"

namespace toque {

class Model;

// A block: what is its own, without its parts.
struct LayerSummary {
  std::string path = {};   // empty for the model itself
  std::string layer = {};  // what it is: "Linear(64, 10)"
  int64_t calls = 0;
  std::vector<int64_t> output = {};  // the shape of its first call's
  // A tensor that several layers share is counted at the first.
  int64_t parameters = 0;  // elements, those of the next three lines too
  int64_t trainable = 0;
  int64_t buffers = 0;
  int64_t weight_bytes = 0;  // of parameters and buffers
  // Of all its calls.
  int64_t macs = 0;
  int64_t activation_bytes = 0;  // outputs, but for views of other tensors
  double seconds = 0;
};

// The model and its parts in the order they were added, parents first. The
// model is called with `input` as it is, without gradients: once to look, then
// `timed` times, of which the fastest counts. Throws what the model throws.
std::vector<LayerSummary> Summarize(Model& model, const at::Tensor& input,
                                    int timed);
// The same of weights alone, without a call.
std::vector<LayerSummary> WeightsOf(const Model& model);

// Layers more than `depth` steps below the model as part of those above them.
std::vector<LayerSummary> Fold(const std::vector<LayerSummary>& layers,
                               int depth);
// The sum of all, in a line without path.
LayerSummary Total(const std::vector<LayerSummary>& layers);

}  // namespace toque

#endif  // TOQUE_TOOLS_MODEL_SUMMARY_H_
