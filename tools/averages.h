// The averages of weights that hooks left in a checkpoint.

#ifndef TOQUE_TOOLS_AVERAGES_H_
#define TOQUE_TOOLS_AVERAGES_H_

#include <string>

#include "framework/core/state.h"
#include "framework/trainer/checkpoint.h"

namespace toque {

// Those of the first recipe.Ema ("ema") or recipe.Swa ("swa"), by the names of
// the model's parameters and buffers; empty where the checkpoint has none. An
// error where one has not its tensor's shape.
absl::StatusOr<NamedTensors> AveragesOf(const Checkpoint& checkpoint,
                                        const std::string& hook,
                                        const Model& model);

}  // namespace toque

#endif  // TOQUE_TOOLS_AVERAGES_H_
