// Parts of a model that is there: found by what they are, or taken out.

#ifndef TOQUE_FRAMEWORK_INFERENCE_MODEL_PARTS_H_
#define TOQUE_FRAMEWORK_INFERENCE_MODEL_PARTS_H_

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "framework/layers/layers.h"

namespace toque {

// Paths ("layer1.0") and parts. The parts are those of the model, not copies.
using NamedLayers = std::vector<std::pair<std::string, Layer>>;

// The parts of a model, at any depth, that `wanted` says yes to (recipe R44);
// parents first, in the order they were added. A part that stands at several
// places is listed once, under the first path. `model` must be held by a
// shared_ptr, as all models are.
NamedLayers FindModules(const Block& model,
                        const std::function<bool(std::string_view path,
                                                 const Block& part)>& wanted);
// Those that are called `type` by Describe(): "Conv2d", "BatchNorm2d".
NamedLayers FindModules(const Block& model, std::string_view type);
// Those that are a Part or derived from it: FindModules<RunningStat>(*model).
template <typename Part>
NamedLayers FindModules(const Block& model) {
  return FindModules(model, [](std::string_view, const Block& part) {
    return dynamic_cast<const Part*>(&part) != nullptr;
  });
}

// The direct children begin .. end-1 of a model one after the other, as a layer
// of their own (recipe R43). They are shared: what trains one trains the other,
// and they keep their names. What the model does between its children isn't
// there; that a slice is a beginning of the model is so only where it calls
// them in the order they were added. Throws where the range isn't one of
// children or is empty.
Layer SliceChildren(const Block& model, int64_t begin, int64_t end);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_INFERENCE_MODEL_PARTS_H_
