// The path of an optimizer over a fixed problem, to compare with PyTorch's.

#ifndef TOQUE_FRAMEWORK_TESTING_TRAJECTORY_H_
#define TOQUE_FRAMEWORK_TESTING_TRAJECTORY_H_

#include <string_view>
#include <vector>

namespace toque {

// Takes 100 steps over three float64 parameters, of which the last has no
// gradient in the first nine; the loss is convex and not quadratic.
// Gives one sum over the elements of each parameter, weighted unequally, after
// steps 1, 20 and 100. tests/goldens/optimizers.py is its twin in PyTorch.
std::vector<double> Trajectory(std::string_view optimizer,
                               std::string_view options,
                               double momentum_factor = 1);

// Expects the trajectory to be that of the twin, to a relative 1e-9.
void ExpectTrajectory(std::string_view optimizer, std::string_view options,
                      const std::vector<double>& golden);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_TESTING_TRAJECTORY_H_
