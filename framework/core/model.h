// Models: what is trained.

#ifndef TOQUE_FRAMEWORK_CORE_MODEL_H_
#define TOQUE_FRAMEWORK_CORE_MODEL_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "framework/core/registry.h"
#include "framework/layers/block.h"

namespace toque {

// A block that takes a batch's input: [N, ...] to [N, ...], logits
// [N, classes] for a classifier. Made with the default generator seeded by the
// experiment's seed.
class Model : public Block {
 public:
  static constexpr std::string_view kKind = "model";

  // The shape of one example that the model takes, without N: {1, 28, 28}. One
  // that will do where several are accepted.
  virtual std::vector<int64_t> ExampleShape() const = 0;

  // For recurrent models that carry a state from batch to batch: start anew,
  // and cut the state's history.
  virtual void ResetState() {}
  virtual void DetachState() {}
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_CORE_MODEL_H_
