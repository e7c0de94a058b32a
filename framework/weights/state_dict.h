// The tensors in what a pickle holds.

#ifndef TOQUE_FRAMEWORK_WEIGHTS_STATE_DICT_H_
#define TOQUE_FRAMEWORK_WEIGHTS_STATE_DICT_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "framework/archive/pickle_value.h"
#include "framework/status.h"
#include "framework/weights/safetensors.h"

namespace toque {

struct StateDict {
  // By path, in the pickle's order; not empty.
  std::vector<std::pair<std::string, const PickleValue*>> tensors;
  Metadata metadata;  // numbers and texts
};

// Of the part that `key` names, or of the model's; see ReadWeights. A tensor
// that isn't in a container is named "tensor".
absl::StatusOr<StateDict> FindStateDict(const PickleValue& root,
                                        std::string_view key);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_WEIGHTS_STATE_DICT_H_
