// The one draw that makes a tensor, apart so that rng.cc needs no LibTorch.

#include <numeric>

#include "ATen/core/Tensor.h"
#include "ATen/ops/empty.h"
#include "framework/core/rng.h"

namespace toque {

at::Tensor Rng::Permutation(int64_t n, const c10::Device& device) {
  std::vector<int64_t> order(static_cast<size_t>(n));
  std::iota(order.begin(), order.end(), 0);
  Shuffle(order);
  at::Tensor result = at::empty({n}, at::kLong);
  std::copy(order.begin(), order.end(), result.mutable_data_ptr<int64_t>());
  // A copy to a GPU is not waited for.
  return result.to(result.options().device(device), /*non_blocking=*/true);
}

}  // namespace toque
