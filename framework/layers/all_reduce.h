// Sums over the processes of a c10d group.

#ifndef TOQUE_FRAMEWORK_LAYERS_ALL_REDUCE_H_
#define TOQUE_FRAMEWORK_LAYERS_ALL_REDUCE_H_

#include "framework/layers/sync_batch_norm.h"
#include "torch/csrc/distributed/c10d/Backend.hpp"

namespace toque {

// By Gloo for tensors on the CPU, by NCCL for those on a GPU. A process that
// leaves the group makes the others throw.
AllReduce SumOver(c10::intrusive_ptr<c10d::Backend> group);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_LAYERS_ALL_REDUCE_H_
