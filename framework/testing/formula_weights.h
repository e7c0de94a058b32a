// Weights by a closed formula of name and index, so that a whole net can be
// compared with Python's without a file of weights.

#ifndef TOQUE_FRAMEWORK_TESTING_FORMULA_WEIGHTS_H_
#define TOQUE_FRAMEWORK_TESTING_FORMULA_WEIGHTS_H_

#include <cstdint>

#include "ATen/core/Tensor.h"
#include "framework/core/state.h"

namespace toque {

class Model;

// What Python's state_dict() gives, in its order: of each part its parameters,
// then its buffers, then its parts.
NamedTensors StateDict(const Model& model);

// Sets the state dict, which must be float32 on the CPU, to what
// tests/goldens/formula.py sets it to; num_batches_tracked stays.
void FillByFormula(const Model& model);

// sin(0), sin(1), ... as float32.
at::Tensor Sines(at::IntArrayRef shape);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_TESTING_FORMULA_WEIGHTS_H_
