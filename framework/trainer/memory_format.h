// Which memory format is the faster one here.

#ifndef TOQUE_FRAMEWORK_TRAINER_MEMORY_FORMAT_H_
#define TOQUE_FRAMEWORK_TRAINER_MEMORY_FORMAT_H_

#include "framework/core/run.h"
#include "framework/parts/parts.h"

namespace toque {

// Puts the model's parameters into a format; a ForwardPass brings batches.
void SetMemoryFormat(Model& model, Experiment::MemoryFormat format);

// CONTIGUOUS or CHANNELS_LAST: that in which run->batch, a training batch on
// the CPU, takes less time forward and backward, tried in turns. Leaves
// parameters, statistics and generators as they were.
absl::StatusOr<Experiment::MemoryFormat> FasterMemoryFormat(
    const Experiment& experiment, const Parts& parts, Run* run);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_TRAINER_MEMORY_FORMAT_H_
