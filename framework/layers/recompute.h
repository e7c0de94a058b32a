// Activation checkpointing (Chen et al., 2016): a block's activations are
// computed again in backward instead of kept.

#ifndef TOQUE_FRAMEWORK_LAYERS_RECOMPUTE_H_
#define TOQUE_FRAMEWORK_LAYERS_RECOMPUTE_H_

#include <vector>

#include "framework/layers/block.h"

namespace toque {

// What block.Forward gives, of which no more than the input is kept: backward
// runs Forward again, with the generators and autocast as they were now. The
// block's own parameters, its input and what its parts carry get gradients;
// it must outlive backward. There is no second derivative.
at::Tensor ForwardRecomputed(Block& block, const at::Tensor& input);

// Whether this thread is at such a second run, which nothing may notice but
// gradients.
bool Recomputing();
// Whether this thread is in either run of such a block, which keeps its input:
// nothing may write into it.
bool KeepsInput();

// What a block carries from one call to the next beside its parameters.
class CarriesState {
 public:
  virtual ~CarriesState() = default;
  virtual std::vector<at::Tensor>& Carried() = 0;
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_LAYERS_RECOMPUTE_H_
