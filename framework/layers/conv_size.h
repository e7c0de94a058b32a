// How large the outputs of convolutions and pooling are (recipe R32).

#ifndef TOQUE_FRAMEWORK_LAYERS_CONV_SIZE_H_
#define TOQUE_FRAMEWORK_LAYERS_CONV_SIZE_H_

#include <cstdint>

namespace toque {

// A window along one dimension. All but padding are at least 1.
struct Window {
  int64_t kernel = 1;
  int64_t stride = 1;
  int64_t padding = 0;  // at each end
  int64_t dilation = 1;

  // From the first to the last input of one output.
  constexpr int64_t reach() const { return dilation * (kernel - 1) + 1; }
};

// The size that a convolution or pooling makes of `size`; 0 where the window
// doesn't fit.
constexpr int64_t ConvSize(int64_t size, const Window& window) {
  const int64_t steps = size + 2 * window.padding - window.reach();
  return steps < 0 ? 0 : steps / window.stride + 1;
}

// As ConvSize, of pooling that rounds up: the last window may reach past the
// end, but doesn't begin there.
constexpr int64_t PoolSizeRoundedUp(int64_t size, const Window& window) {
  const int64_t steps = size + 2 * window.padding - window.reach();
  if (steps <= -window.stride) return 0;
  const int64_t count = (steps + window.stride - 1) / window.stride + 1;
  const bool begins_inside =
      (count - 1) * window.stride < size + window.padding;
  return begins_inside ? count : count - 1;
}

// The size that a transposed convolution makes of `size`; 0 where nothing is
// left of it.
constexpr int64_t TransposedConvSize(int64_t size, const Window& window,
                                     int64_t output_padding = 0) {
  const int64_t made = (size - 1) * window.stride - 2 * window.padding +
                       window.reach() + output_padding;
  return made < 0 ? 0 : made;
}

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_LAYERS_CONV_SIZE_H_
