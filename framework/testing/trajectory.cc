#include "framework/testing/trajectory.h"

#include <cmath>

#include "ATen/ops/linspace.h"
#include "ATen/ops/zeros.h"
#include "framework/core/optimizer.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

at::Tensor Spread(double first, double last, at::IntArrayRef shape) {
  return at::linspace(first, last, c10::multiply_integers(shape), at::kDouble)
      .view(shape);
}

at::Tensor SlopeOf(const at::Tensor& parameter) {
  return Spread(0.5, 2, parameter.sizes());
}

// slope (x - 0.3)^2 / 2 - cos(3x) / 30, summed.
at::Tensor LossAt(const at::Tensor& parameter) {
  const at::Tensor x = parameter.detach();
  const at::Tensor square = x.sub(0.3).square().mul(SlopeOf(x));
  return square.div(2).sub(x.mul(3).cos().div(30)).sum();
}

// (x - 0.3) slope + 0.1 sin 3x.
at::Tensor GradientAt(const at::Tensor& parameter) {
  const at::Tensor x = parameter.detach();
  return x.sub(0.3).mul(SlopeOf(x)).add(x.mul(3).sin(), 0.1);
}

// The loss of the parameters that enter it at `step`, which get gradients.
at::Tensor Evaluate(const NamedTensors& parameters, int step) {
  at::Tensor loss = at::zeros({}, at::kDouble);
  for (const auto& [name, parameter] : parameters) {
    if (name == "late" && step < 10) continue;
    parameter.mutable_grad() = GradientAt(parameter);
    loss = loss.add(LossAt(parameter));
  }
  return loss;
}

double WeightedSum(const at::Tensor& parameter) {
  return parameter.detach().mul(SlopeOf(parameter)).sum().item<double>();
}

}  // namespace

std::vector<double> Trajectory(std::string_view optimizer,
                               std::string_view options,
                               double momentum_factor) {
  const auto made = MakeOrDie<Optimizer>(optimizer, options);
  std::vector<Group> groups(1);
  groups[0].parameters = {{"weight", Spread(-2, 2, {4, 5})},
                          {"bias", Spread(1, 3, {3})},
                          {"late", Spread(-1, -1, {1})}};
  groups[0].lr = made->base_lr();
  groups[0].momentum_factor = momentum_factor;
  EXPECT_OK(made->Attach(&groups));
  std::vector<double> sums;
  for (int step = 1; step <= 100; ++step) {
    const auto evaluate = [&] { return Evaluate(groups[0].parameters, step); };
    evaluate();
    EXPECT_OK(made->Step({.reevaluate = evaluate, .found_inf = {}}));
    if (step != 1 && step != 20 && step != 100) continue;
    for (const auto& [name, parameter] : groups[0].parameters) {
      sums.push_back(WeightedSum(parameter));
    }
  }
  return sums;
}

void ExpectTrajectory(std::string_view optimizer, std::string_view options,
                      const std::vector<double>& golden) {
  const std::vector<double> sums = Trajectory(optimizer, options);
  ASSERT_EQ(sums.size(), golden.size());
  for (size_t i = 0; i < sums.size(); ++i) {
    EXPECT_NEAR(sums[i], golden[i], 1e-9 * std::abs(golden[i]))
        << optimizer << " { " << options << " }, number " << i;
  }
}

}  // namespace toque
