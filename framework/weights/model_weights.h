// The weights of a model, from a file.

#ifndef TOQUE_FRAMEWORK_WEIGHTS_MODEL_WEIGHTS_H_
#define TOQUE_FRAMEWORK_WEIGHTS_MODEL_WEIGHTS_H_

#include <string>

#include "framework/status.h"

namespace toque {

class Model;

// Sets the parameters and buffers of `model` to those of a safetensors file: a
// checkpoint of a run, or a file with a model's tensors alone under their plain
// names. Strict: a tensor that is missing, of another shape or not the model's
// is an error that names it and the file.
absl::Status LoadWeights(const std::string& path, const Model& model);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_WEIGHTS_MODEL_WEIGHTS_H_
