// What a model is given and what it makes of it.

#ifndef TOQUE_FRAMEWORK_CORE_BATCH_H_
#define TOQUE_FRAMEWORK_CORE_BATCH_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "ATen/core/Tensor.h"

namespace toque {

// Examples side by side. Its tensors belong to whoever holds them: a loader
// reuses their memory only when nobody does any more.
struct Batch {
  at::Tensor input = {};   // [N, ...], or [N * views, ...]
  at::Tensor target = {};  // int64 [N] of classes, or [N, ...] of values
  std::vector<int64_t> index = {};  // N places in the data set
  int64_t views = 1;                // inputs to an example, one after the other

  // Of pictures as bytes that wait for their normalisation on the device: a
  // byte b of channel c becomes b / 255 * scale[c] + shift[c]. Float [C] on the
  // CPU; undefined for any other input. The trainer does it before anyone else
  // sees the batch.
  at::Tensor scale = {};
  at::Tensor shift = {};

  int64_t size() const { return static_cast<int64_t>(index.size()); }
  at::Device device() const { return input.device(); }
};

// A model's answer to a batch.
struct Prediction {
  at::Tensor output = {};                       // [N, ...]: logits [N, classes]
  std::map<std::string, at::Tensor> taps = {};  // of parts, where asked for
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_CORE_BATCH_H_
