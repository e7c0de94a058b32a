// What a model makes of the examples of a data set.

#ifndef TOQUE_TESTS_MODELS_SCORES_H_
#define TOQUE_TESTS_MODELS_SCORES_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "ATen/core/Tensor.h"
#include "framework/status.h"

namespace toque {

class Model;

// A plugin and its options as text.
using Plugin = std::pair<std::string, std::string>;

struct Scores {
  at::Tensor logits;  // [examples, classes]
  at::Tensor labels;  // int64 [examples]

  // Examples whose label is among the k greatest logits.
  int64_t Hits(int64_t k) const;
};

// In evaluation mode, 100 examples at a time; the data set's paths are in the
// folder of test data.
absl::StatusOr<Scores> ScoresOf(Model& model, const Plugin& dataset,
                                const std::vector<Plugin>& transforms);

}  // namespace toque

#endif  // TOQUE_TESTS_MODELS_SCORES_H_
