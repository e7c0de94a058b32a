#include <string>
#include <utility>

#include "ATen/ops/embedding.h"
#include "ATen/ops/linear.h"
#include "ATen/ops/randn.h"
#include "absl/strings/str_cat.h"
#include "framework/layers/details.h"
#include "framework/layers/layers.h"

namespace toque {
namespace {

struct SequentialLayer : Block {
  void Append(const std::string& name, Layer part) {
    parts.push_back(Add(name, std::move(part)));
  }

  at::Tensor Forward(const at::Tensor& input) override {
    at::Tensor output = input;
    for (const Layer& part : parts) output = (*part)(output);
    return output;
  }
  std::string Describe() const override { return "Sequential"; }

  std::vector<Layer> parts;
};

struct FlattenLayer : Block {
  at::Tensor Forward(const at::Tensor& input) override {
    return input.flatten(1);
  }
  std::string Describe() const override { return "Flatten"; }
};

struct LinearLayer : Block {
  LinearLayer(int64_t in, int64_t out, Bias with_bias)
      : weight(register_parameter("weight", InitialWeight({out, in}))) {
    if (with_bias == Bias::kNo) return;
    bias = register_parameter("bias", InitialBias(out, weight.sizes()));
  }

  at::Tensor Forward(const at::Tensor& input) override {
    TORCH_CHECK(input.dim() > 0 && input.size(-1) == weight.size(1),
                "input must have ", weight.size(1), " features, got ",
                input.sizes());
    return at::linear(input, weight, bias);
  }

  int64_t Macs(const at::Tensor&, const at::Tensor& output) const override {
    return output.numel() * weight.size(1);
  }
  Kind kind() const override { return Kind::kLinear; }
  std::string Describe() const override {
    return absl::StrCat("Linear(", weight.size(1), ", ", weight.size(0), ")");
  }

  at::Tensor weight;  // [out, in]
  at::Tensor bias;    // [out], or undefined
};

struct EmbeddingLayer : Block {
  EmbeddingLayer(int64_t words, int64_t features)
      : weight(register_parameter("weight", at::randn({words, features}))) {}

  at::Tensor Forward(const at::Tensor& input) override {
    return at::embedding(weight, input);
  }

  std::string Describe() const override {
    return absl::StrCat("Embedding(", weight.size(0), ", ", weight.size(1),
                        ")");
  }

  at::Tensor weight;  // [words, features]
};

}  // namespace

Layer Sequential(std::vector<Layer> parts) {
  const auto layer = std::make_shared<SequentialLayer>();
  for (size_t i = 0; i < parts.size(); ++i) {
    layer->Append(std::to_string(i), std::move(parts[i]));
  }
  return layer;
}

Layer NamedSequential(std::vector<std::pair<std::string, Layer>> parts) {
  const auto layer = std::make_shared<SequentialLayer>();
  for (auto& [name, part] : parts) layer->Append(name, std::move(part));
  return layer;
}

Layer Flatten() { return std::make_shared<FlattenLayer>(); }

Layer Linear(int64_t in, int64_t out, Bias bias) {
  return std::make_shared<LinearLayer>(in, out, bias);
}

Layer Embedding(int64_t words, int64_t features) {
  return std::make_shared<EmbeddingLayer>(words, features);
}

}  // namespace toque
