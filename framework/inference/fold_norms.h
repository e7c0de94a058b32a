// Batch norms folded into convolutions: the same outputs for less work.

#ifndef TOQUE_FRAMEWORK_INFERENCE_FOLD_NORMS_H_
#define TOQUE_FRAMEWORK_INFERENCE_FOLD_NORMS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "ATen/core/Tensor.h"

namespace toque {

class Model;

// Folds every batch norm whose input is a convolution's output into that
// convolution, and returns how many there were. Which belong together is seen
// in a forward of `example`, a batch of one or more. Convolutions whose output
// is that of a part whose path is in `kept` stay as they are, so that it can be
// tapped.
//
// For inference alone: the model must be in evaluation mode, and can neither be
// trained nor saved afterwards. Outputs differ in the last bits. Throws where
// they differ by more, as in a model that also uses the convolution's output
// elsewhere; the model is of no use then.
int64_t FoldNorms(Model& model, const at::Tensor& example,
                  const std::vector<std::string>& kept = {});

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_INFERENCE_FOLD_NORMS_H_
