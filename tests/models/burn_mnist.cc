#include "tests/models/burn_mnist.h"

#include "framework/core/model.h"
#include "framework/layers/layers.h"

namespace toque {
namespace {

struct BurnMnist : Model {
  BurnMnist()
      : conv1(Add("conv1", Conv2d({.in = 1, .out = 8, .kernel = 3}))),
        conv2(Add("conv2", Conv2d({.in = 8, .out = 16, .kernel = 3}))),
        conv3(Add("conv3", Conv2d({.in = 16, .out = 24, .kernel = 3}))),
        norm1(Add("norm1", BatchNorm2d(24))),
        fc1(Add("fc1", Linear(24 * 22 * 22, 32))),
        fc2(Add("fc2", Linear(32, 10))),
        norm2(Add("norm2", BatchNorm1d(10))),
        relu(Add("relu", Relu(Inplace::kYes))) {}

  at::Tensor Forward(const at::Tensor& input) override {
    at::Tensor maps = input;
    for (const Layer& convolution : {conv1, conv2, conv3}) {
      maps = (*relu)((*convolution)(maps));
    }
    const at::Tensor hidden = (*relu)((*fc1)((*norm1)(maps).flatten(1)));
    return (*norm2)((*fc2)(hidden));
  }
  std::vector<int64_t> ExampleShape() const override { return {1, 28, 28}; }
  std::string Describe() const override { return "BurnMnist"; }

  Layer conv1, conv2, conv3, norm1, fc1, fc2, norm2, relu;
};

}  // namespace

std::shared_ptr<Model> MakeBurnMnist() { return std::make_shared<BurnMnist>(); }

}  // namespace toque
