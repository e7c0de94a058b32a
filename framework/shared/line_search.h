// The search for a step's length along a direction.

#ifndef TOQUE_FRAMEWORK_SHARED_LINE_SEARCH_H_
#define TOQUE_FRAMEWORK_SHARED_LINE_SEARCH_H_

#include <cstdint>
#include <functional>

#include "ATen/core/Tensor.h"

namespace toque {

// The loss along a line.
struct Point {
  double t = 0;  // how far from where the line begins
  double loss = 0;
  double slope = 0;     // of the loss, by t
  at::Tensor gradient;  // of the loss, by whatever it depends on
};

// A point where the loss is below that of `start` in proportion to `t` and its
// slope less steep than there: the strong Wolfe conditions (Nocedal and Wright,
// 2006, algorithms 3.5 and 3.6), with the constants and safeguards of PyTorch's
// LBFGS. `start` lies at t = 0 and slopes downwards; `t` is the first try.
// Ends without such a point, at the best one, after `budget` tries beyond the
// first, or where those around a good one are nearer than `resolution`.
Point StrongWolfe(std::function<Point(double t)> evaluate, Point start,
                  double t, int64_t budget, double resolution);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_SHARED_LINE_SEARCH_H_
