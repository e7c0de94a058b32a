// The weights of a run, raw or averaged.

#ifndef TOQUE_TOOLS_RUN_WEIGHTS_H_
#define TOQUE_TOOLS_RUN_WEIGHTS_H_

#include <string>

#include "framework/core/context.h"
#include "framework/trainer/checkpoint.h"
#include "tools/trained_model.h"

namespace toque {

// Sets the model to the weights of a checkpoint; then, as `averages` says, to
// those that were averaged: "ema", "swa", "any" (ema before swa) or "none", the
// raw ones. Batch-norm statistics of "swa" are computed anew over the batches
// of an epoch of the training set, as its evaluations do. Says on stderr which
// averages "any" has found.
absl::Status LoadRunWeights(const Checkpoint& checkpoint,
                            const std::string& averages, const Context& context,
                            TrainedModel* trained);

}  // namespace toque

#endif  // TOQUE_TOOLS_RUN_WEIGHTS_H_
