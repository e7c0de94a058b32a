#include "framework/tensors/shuffle.h"

#include "ATen/ops/index_select.h"
#include "framework/tensors/describe.h"

namespace toque {
namespace {

absl::Status CheckFirstAxes(const std::vector<at::Tensor>& tensors) {
  for (size_t i = 0; i < tensors.size(); ++i) {
    const at::Tensor& tensor = tensors[i];
    if (!tensor.defined() || tensor.dim() == 0) {
      return Invalid(absl::StrCat("tensor ", i, " must have a first axis"),
                     Describe(tensor));
    }
    if (tensor.size(0) != tensors[0].size(0)) {
      return Invalid(absl::StrCat("tensor ", i,
                                  " must have as many rows as "
                                  "tensor 0, ",
                                  tensors[0].size(0)),
                     ShapeText(tensor.sizes()));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<at::Tensor>> ShuffleTogether(
    const std::vector<at::Tensor>& tensors, Rng& rng) {
  RETURN_IF_ERROR(CheckFirstAxes(tensors));
  std::vector<at::Tensor> shuffled;
  if (tensors.empty()) return shuffled;
  const at::Tensor order = rng.Permutation(tensors[0].size(0), at::kCPU);
  for (const at::Tensor& tensor : tensors) {
    shuffled.push_back(tensor.index_select(0, order.to(tensor.device())));
  }
  return shuffled;
}

}  // namespace toque
