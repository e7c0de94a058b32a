#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "ATen/ops/dropout.h"
#include "ATen/ops/empty.h"
#include "ATen/ops/gelu.h"
#include "ATen/ops/hardsigmoid.h"
#include "ATen/ops/hardswish.h"
#include "ATen/ops/leaky_relu.h"
#include "ATen/ops/relu.h"
#include "ATen/ops/relu6.h"
#include "ATen/ops/sigmoid.h"
#include "ATen/ops/silu.h"
#include "ATen/ops/tanh.h"
#include "absl/strings/str_cat.h"
#include "framework/layers/layers.h"
#include "framework/layers/recompute.h"

namespace toque {
namespace {

// A function of each value.
struct Activation : Block {
  using Function = std::function<at::Tensor(const at::Tensor&)>;

  Activation(std::string name, Function function)
      : name(std::move(name)), function(std::move(function)) {}

  at::Tensor Forward(const at::Tensor& input) override {
    return function(input);
  }
  std::string Describe() const override { return name; }

  std::string name;
  Function function;
};

// Whether nobody keeps what a layer would overwrite.
bool MayOverwrite() { return !TensorsAreKept() && !KeepsInput(); }

using Pure = at::Tensor (*)(const at::Tensor&);
using Overwriting = at::Tensor& (*)(at::Tensor&);

Layer InplaceActivation(const char* name, Inplace inplace, Pure pure,
                        Overwriting overwriting) {
  if (inplace == Inplace::kNo) return std::make_shared<Activation>(name, pure);
  return std::make_shared<Activation>(
      name, [pure, overwriting](const at::Tensor& input) {
        if (!MayOverwrite()) return pure(input);
        at::Tensor output = input;
        return overwriting(output);
      });
}

struct DropoutLayer : Block {
  explicit DropoutLayer(double probability) : probability(probability) {}

  at::Tensor Forward(const at::Tensor& input) override {
    return at::dropout(input, probability, is_training());
  }
  std::string Describe() const override {
    return absl::StrCat("Dropout(", probability, ")");
  }

  double probability;
};

struct DropPathLayer : Block {
  explicit DropPathLayer(double probability) : probability(probability) {}

  at::Tensor Forward(const at::Tensor& input) override {
    if (!is_training() || probability == 0) return input;
    std::vector<int64_t> shape(static_cast<size_t>(input.dim()), 1);
    shape[0] = input.size(0);
    const double kept = 1 - probability;
    at::Tensor scale = at::empty(shape, input.options()).bernoulli_(kept);
    if (kept > 0) scale.div_(kept);
    return input.mul(scale);
  }
  std::string Describe() const override {
    return absl::StrCat("DropPath(", probability, ")");
  }

  double probability;
};

}  // namespace

Layer Relu(Inplace inplace) {
  return InplaceActivation("Relu", inplace, at::relu, at::relu_);
}

Layer Relu6(Inplace inplace) {
  return InplaceActivation("Relu6", inplace, at::relu6, at::relu6_);
}

Layer Silu(Inplace inplace) {
  return InplaceActivation("Silu", inplace, at::silu, at::silu_);
}

Layer Hardsigmoid(Inplace inplace) {
  return InplaceActivation("Hardsigmoid", inplace, at::hardsigmoid,
                           at::hardsigmoid_);
}

Layer Hardswish(Inplace inplace) {
  return InplaceActivation("Hardswish", inplace, at::hardswish, at::hardswish_);
}

Layer LeakyRelu(double slope) {
  return std::make_shared<Activation>(
      absl::StrCat("LeakyRelu(", slope, ")"),
      [slope](const at::Tensor& x) { return at::leaky_relu(x, slope); });
}

Layer Gelu() {
  return std::make_shared<Activation>(
      "Gelu", [](const at::Tensor& x) { return at::gelu(x); });
}

Layer Sigmoid() {
  return std::make_shared<Activation>(
      "Sigmoid", [](const at::Tensor& x) { return at::sigmoid(x); });
}

Layer Tanh() {
  return std::make_shared<Activation>(
      "Tanh", [](const at::Tensor& x) { return at::tanh(x); });
}

Layer Dropout(double probability) {
  return std::make_shared<DropoutLayer>(probability);
}

Layer DropPath(double probability) {
  return std::make_shared<DropPathLayer>(probability);
}

at::Tensor AddResidual(const at::Tensor& branch, const at::Tensor& input) {
  // Another type would be lost, and a shape that is stretched refused.
  const bool same = branch.scalar_type() == input.scalar_type() &&
                    branch.sizes() == input.sizes();
  return same && MayOverwrite() ? branch.add_(input) : branch.add(input);
}

}  // namespace toque
