// Attention.

#ifndef TOQUE_FRAMEWORK_LAYERS_ATTENTION_H_
#define TOQUE_FRAMEWORK_LAYERS_ATTENTION_H_

#include <cstdint>

#include "framework/layers/layers.h"

namespace toque {

struct AttentionOptions {
  int64_t features = 1;  // a multiple of `heads`
  int64_t heads = 1;
  double dropout = 0;  // of the weights of positions, in training
};
// Each position of [N, T, features] as a mean of all positions, weighed by how
// their keys suit its query, in each head by itself (Vaswani et al., 2017). Its
// parameters are those of torch.nn.MultiheadAttention.
Layer SelfAttention(const AttentionOptions& options);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_LAYERS_ATTENTION_H_
