// How batch norm computes over several processes; not for models.

#ifndef TOQUE_FRAMEWORK_LAYERS_BATCH_STATISTICS_H_
#define TOQUE_FRAMEWORK_LAYERS_BATCH_STATISTICS_H_

#include "ATen/core/Tensor.h"
#include "framework/layers/sync_batch_norm.h"

namespace toque {

// Of the values of each channel in the batches of all processes.
struct BatchStatistics {
  at::Tensor mean;      // [C], of the type that sums are made in
  at::Tensor variance;  // [C], divided by `count`
  at::Tensor count;     // double []: values of a channel
};

// Of `input`: [N, C, ...], without gradients. Throws where all processes
// together have one value a channel.
BatchStatistics StatisticsOf(const at::Tensor& input,
                             const AllReduce& all_reduce);

// The variance divided by count - 1, as running statistics hold it.
at::Tensor Unbiased(const BatchStatistics& statistics);

// (input - mean) / sqrt(variance + eps) * weight + bias, in the input's type.
// Gradients flow through the statistics, too. `weight` and `bias`: [C], or both
// undefined.
at::Tensor Normalised(const at::Tensor& input, const at::Tensor& weight,
                      const at::Tensor& bias, const BatchStatistics& statistics,
                      double eps, const AllReduce& all_reduce);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_LAYERS_BATCH_STATISTICS_H_
