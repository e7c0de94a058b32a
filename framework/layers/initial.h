// Initial values: what a model's constructor gives its weights where that
// differs from how layers begin.
//
// Drawn from the default generator in PyTorch's order, so that equal seeds
// give equal models.

#ifndef TOQUE_FRAMEWORK_LAYERS_INITIAL_H_
#define TOQUE_FRAMEWORK_LAYERS_INITIAL_H_

#include <functional>

#include "framework/layers/block.h"

namespace toque {

enum class Fan { kIn, kOut };
// Weights [out, in, kernel...]; the groups of a convolution are left out of
// account, as in PyTorch. He et al., 2015, for ReLUs.
void SetKaimingNormal(const at::Tensor& weight, Fan fan);
void SetKaimingUniform(const at::Tensor& weight, Fan fan);
void SetNormal(const at::Tensor& weight, double deviation);
// Within -2 and 2, PyTorch's trunc_normal_.
void SetTruncatedNormal(const at::Tensor& weight, double deviation);
// From -bound to bound.
void SetUniform(const at::Tensor& weight, double bound);
// Nothing where the tensor is undefined: a bias that isn't there.
void SetConstant(const at::Tensor& tensor, double value);

// Calls `set` with each convolution, linear layer and norm below `block` in the
// order they were added, parents first; a bias that isn't there is undefined.
// For the end of a constructor.
void SetEach(
    const Block& block,
    const std::function<void(Block::Kind kind, const at::Tensor& weight,
                             const at::Tensor& bias)>& set);

// While it lives, nothing is drawn for layers made on this thread: their
// weights hold what lies in memory, to be overwritten.
class WithoutInitialValues {
 public:
  WithoutInitialValues();
  ~WithoutInitialValues();
  WithoutInitialValues(const WithoutInitialValues&) = delete;
  WithoutInitialValues& operator=(const WithoutInitialValues&) = delete;

 private:
  bool before_;
};
bool InitialValuesWanted();

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_LAYERS_INITIAL_H_
