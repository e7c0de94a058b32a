// Statistics of parameters and their gradients (recipe R38).

#ifndef TOQUE_TOOLS_INSPECTION_H_
#define TOQUE_TOOLS_INSPECTION_H_

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ATen/core/Tensor.h"
#include "framework/status.h"

namespace toque {

class Model;

// Of the elements of a tensor that are finite; NaN where there are none.
struct TensorStatistics {
  double mean = NAN;
  double std = NAN;  // population form: divided by the number of elements
  double least = NAN;
  double most = NAN;
  int64_t not_finite = 0;  // elements that are left out
};
TensorStatistics StatisticsOf(const at::Tensor& tensor);

struct InspectedTensor {
  std::string name;
  std::vector<int64_t> shape;
  TensorStatistics value;
  // None where there is none: before a backward, of frozen parameters and of
  // buffers.
  std::optional<TensorStatistics> gradient;
};

// Parameters and buffers of floating type in whose full names the regular
// expression is found. An error where there are none, or it is no expression.
absl::StatusOr<std::vector<InspectedTensor>> Inspect(
    const Model& model, const std::string& pattern);

}  // namespace toque

#endif  // TOQUE_TOOLS_INSPECTION_H_
