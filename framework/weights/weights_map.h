// Which tensor of a file becomes which of a model.

#ifndef TOQUE_FRAMEWORK_WEIGHTS_WEIGHTS_MAP_H_
#define TOQUE_FRAMEWORK_WEIGHTS_WEIGHTS_MAP_H_

#include <string>
#include <vector>

#include "framework/core/state.h"
#include "framework/experiment.pb.h"
#include "framework/status.h"

namespace toque {

// What came of each name, after renaming.
struct WeightsReport {
  std::vector<std::string> loaded;
  std::vector<std::string> missing;     // in the model, not in the file
  std::vector<std::string> unexpected;  // in the file, not in the model
  std::vector<std::string>
      mismatched;                     // 'NAME must have the model's shape ...'
  std::vector<std::string> excepted;  // left as they are by `except`

  // Whether nothing but `excepted` was left out.
  bool Complete() const;
  // "loaded 294 tensors; missing 2: fc.bias, fc.weight", of each kind some.
  std::string Text() const;
};

// The tensors under their new names: the prefix stripped, then each rename in
// its turn. A prefix or pattern that fits no name, and two tensors that get the
// same name, are errors.
absl::StatusOr<NamedTensors> Renamed(const NamedTensors& tensors,
                                     const Weights& options);

// Copies `tensors` into `own`, a model's parameters and buffers, by name, after
// renaming; `options` pass CheckWeights. STRICT: both must have the same names
// and shapes, but for what is excepted; MATCHING: what fits by name and shape
// is taken, and something must be. Of the names of a tensor that has several in
// `own` one is enough. The count of batches that batch norms keep
// may be missing, as it is in files of PyTorch before 0.4.1. Where an error is
// returned nothing is changed.
absl::StatusOr<WeightsReport> CopyWeights(const NamedTensors& tensors,
                                          const Weights& options,
                                          const NamedTensors& own);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_WEIGHTS_WEIGHTS_MAP_H_
