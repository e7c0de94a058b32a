#include <functional>
#include <string>
#include <utility>

#include "ATen/ops/dropout.h"
#include "ATen/ops/gelu.h"
#include "ATen/ops/leaky_relu.h"
#include "ATen/ops/relu.h"
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

at::Tensor ReluInPlace(const at::Tensor& input) {
  // What is kept of the input must not change under who keeps it.
  return Observed() || KeepsInput() ? input.relu() : input.relu_();
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

}  // namespace

Layer Relu(Inplace inplace) {
  if (inplace == Inplace::kNo) {
    return std::make_shared<Activation>("Relu", at::relu);
  }
  return std::make_shared<Activation>("Relu", ReluInPlace);
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

Layer Silu() {
  return std::make_shared<Activation>(
      "Silu", [](const at::Tensor& x) { return at::silu(x); });
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

}  // namespace toque
