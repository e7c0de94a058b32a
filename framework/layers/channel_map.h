// What inference moves from a norm into the layer before it
// (framework/inference/fold_norms.h).

#ifndef TOQUE_FRAMEWORK_LAYERS_CHANNEL_MAP_H_
#define TOQUE_FRAMEWORK_LAYERS_CHANNEL_MAP_H_

#include "ATen/core/Tensor.h"

namespace toque {

// x * scale + shift, for each channel; both float64 [C].
struct ChannelMap {
  at::Tensor scale;
  at::Tensor shift;
};

// A layer that can do a channel map of its output with its own weights.
class TakesChannelMap {
 public:
  virtual ~TakesChannelMap() = default;
  // From now on the output is mapped. For inference: parameters are changed,
  // and a new bias is no parameter.
  virtual void TakeChannelMap(const ChannelMap& map) = 0;
};

// A layer that is a channel map in evaluation.
class GivesChannelMap {
 public:
  virtual ~GivesChannelMap() = default;
  // Whether it is one: a norm without running statistics isn't.
  virtual bool HasChannelMap() const = 0;
  // What it does; from now on it does nothing, and refuses training.
  virtual ChannelMap GiveChannelMap() = 0;
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_LAYERS_CHANNEL_MAP_H_
