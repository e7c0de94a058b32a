// Batch norms whose statistics are those of the batches of several processes
// (recipes R34, R35).

#ifndef TOQUE_FRAMEWORK_LAYERS_SYNC_BATCH_NORM_H_
#define TOQUE_FRAMEWORK_LAYERS_SYNC_BATCH_NORM_H_

#include <cstdint>
#include <functional>

#include "framework/layers/block.h"

namespace toque {

// Adds up `values` over a group of processes, in place and on their device. All
// of the group call it equally often, in the same order and with equal shapes.
using AllReduce = std::function<void(at::Tensor& values)>;

// In training the batch norms in `root`, itself included, normalise from now on
// by mean and variance over the batches of all processes, in which each value
// counts the same however many a process has; one may have none. Forward calls
// `all_reduce` once, backward once where the input takes gradients, and once
// more where a part is recomputed, which all of the group then do. Running
// statistics move alike in all processes; gradients of parameters are those of
// the process's own batch, to be added up as all others are. Evaluation is that
// of any batch norm. Nothing is replaced: parameters, buffers, their types and
// what is frozen stay. Called again, it exchanges `all_reduce`; an empty one
// ends it. Returns the number of batch norms. There is no second derivative.
int64_t SynchroniseBatchNorms(Block& root, const AllReduce& all_reduce);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_LAYERS_SYNC_BATCH_NORM_H_
