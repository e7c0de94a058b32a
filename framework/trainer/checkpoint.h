// Checkpoints: everything of a run in one safetensors file.
//
// Tensors by name: "model.<parameter or buffer>", "loss.<parameter>",
// "optimizer.<slot>.<parameter>", "hook.<plugin>.<count>.<name>",
// "generator.<device>", "progress.<number>". The metadata hold the format, the
// plugins of model, loss and optimizer, class names and a fingerprint of the
// experiment. Nothing in it differs between equal runs.

#ifndef TOQUE_FRAMEWORK_TRAINER_CHECKPOINT_H_
#define TOQUE_FRAMEWORK_TRAINER_CHECKPOINT_H_

#include <string>

#include "framework/core/run.h"
#include "framework/core/state.h"
#include "framework/parts/parts.h"
#include "framework/weights/safetensors.h"

namespace toque {

struct Checkpoint {
  State state;
  Metadata metadata;
};

// What stands now. `batch` counts the micro-batches of this epoch that are
// done.
Checkpoint TakeCheckpoint(const Experiment& experiment, const Parts& parts,
                          const Run& run, int64_t batch);
// That the checkpoint was made with the types of model, or of model and
// optimizer, that the experiment has. Known before any part is made, so it is
// the caller's to ask before the checkpoint is put back.
absl::Status CheckModelType(const Checkpoint& checkpoint,
                            const Experiment& experiment);
absl::Status CheckTypes(const Checkpoint& checkpoint,
                        const Experiment& experiment);
// Puts everything back; `*batch` as it was. The errors name what is missing or
// of another shape; nothing is changed before all tensors of model and loss are
// known to fit.
absl::Status RestoreCheckpoint(const Checkpoint& checkpoint,
                               const Experiment& experiment, Parts& parts,
                               Run& run, int64_t* batch);
// Model and loss alone, for evaluation and prediction.
absl::Status RestoreWeights(const Checkpoint& checkpoint, Parts& parts);

absl::Status WriteCheckpoint(const std::string& path,
                             const Checkpoint& checkpoint);
absl::StatusOr<Checkpoint> ReadCheckpoint(const std::string& path);

// 16 hex digits of what decides a run's numbers: not threads, intervals or
// where data lies.
std::string Fingerprint(const Experiment& experiment);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_TRAINER_CHECKPOINT_H_
