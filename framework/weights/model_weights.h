// The weights of a model, from a file.

#ifndef TOQUE_FRAMEWORK_WEIGHTS_MODEL_WEIGHTS_H_
#define TOQUE_FRAMEWORK_WEIGHTS_MODEL_WEIGHTS_H_

#include <string>

#include "framework/core/context.h"
#include "framework/experiment.pb.h"
#include "framework/status.h"
#include "framework/weights/weights_map.h"

namespace toque {

class Model;

// Sets the parameters and buffers of `model`, on whatever device, to those of a
// file of any format that ReadWeights knows; a checkpoint of a run among them.
// Strict: a tensor that is missing, of another shape or not the model's is an
// error that names it and the file, and nothing is changed.
absl::Status LoadWeights(const std::string& path, const Model& model);

// As the section `weights` of an experiment asks; a path as data paths are, or
// the name of weights that come with the program. What was left out is in the
// report.
absl::StatusOr<WeightsReport> LoadWeights(const Weights& options,
                                          const Context& context,
                                          const Model& model);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_WEIGHTS_MODEL_WEIGHTS_H_
