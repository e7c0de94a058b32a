#include <cmath>
#include <utility>

#include "ATen/ops/ones.h"
#include "ATen/ops/zeros.h"
#include "framework/export/onnx_writer.h"

namespace toque {
namespace {

// What stands at both ends of each dimension, as ONNX lists it.
std::vector<int64_t> BothEnds(const std::vector<int64_t>& padding,
                              size_t dimensions) {
  std::vector<int64_t> ends;
  for (size_t i = 0; i < 2 * dimensions; ++i) {
    ends.push_back(padding[padding.size() == 1 ? 0 : i % dimensions]);
  }
  return ends;
}

// One number stands for all dimensions.
std::vector<int64_t> Each(const std::vector<int64_t>& sizes,
                          size_t dimensions) {
  if (sizes.size() == 1) return std::vector<int64_t>(dimensions, sizes[0]);
  return sizes;
}

absl::Status Convolution(OnnxWriter& w) {
  const auto stride = w.Ints("stride");
  OnnxWriter::Attributes attributes = {
      {"strides", stride},
      {"pads", BothEnds(w.Ints("padding"), stride.size())},
      {"dilations", w.Ints("dilation")},
      {"group", w.Int("groups")}};
  std::vector<std::string> inputs = {w.Tensor("input"), w.Tensor("weight")};
  if (w.Has("bias")) inputs.push_back(w.Tensor("bias"));
  if (!w.Bool("transposed")) return w.Result("Conv", inputs, attributes);
  attributes.emplace_back("output_padding", w.Ints("output_padding"));
  return w.Result("ConvTranspose", inputs, attributes);
}

absl::Status BatchNorm(OnnxWriter& w) {
  if (!w.Has("running_mean")) return Invalid("must have running statistics");
  const at::Tensor& mean = w.ValueOf("running_mean").tensor;
  const auto given = [&w, &mean](const char* name, const at::Tensor& instead) {
    if (w.Has(name)) return w.Tensor(name);
    return w.Constant(instead.to(mean.scalar_type()));
  };
  return w.Result("BatchNormalization",
                  {w.Tensor("input"), given("weight", at::ones(mean.sizes())),
                   given("bias", at::zeros(mean.sizes())),
                   w.Tensor("running_mean"), w.Tensor("running_var")},
                  {{"epsilon", w.Double("eps")}});
}

absl::Status LayerNorm(OnnxWriter& w) {
  if (!w.Has("weight")) return Invalid("must have a weight");
  std::vector<std::string> inputs = {w.Tensor("input"), w.Tensor("weight")};
  if (w.Has("bias")) inputs.push_back(w.Tensor("bias"));
  const auto dimensions =
      static_cast<int64_t>(w.Ints("normalized_shape").size());
  return w.Result("LayerNormalization", inputs,
                  {{"axis", -dimensions}, {"epsilon", w.Double("eps")}});
}

OnnxWriter::Attributes Window(const OnnxWriter& w) {
  const size_t rank = w.Shape("self").size();
  const auto kernel = Each(w.Ints("kernel_size"), rank - 2);
  const auto stride = Each(w.Ints("stride"), rank - 2);
  return {{"kernel_shape", kernel},
          {"strides", stride.empty() ? kernel : stride},
          {"pads", BothEnds(w.Ints("padding"), kernel.size())},
          {"ceil_mode", int64_t{w.Bool("ceil_mode")}}};
}

absl::Status MaxPool(OnnxWriter& w) {
  OnnxWriter::Attributes window = Window(w);
  const auto& kernel = std::get<std::vector<int64_t>>(window[0].second);
  window.emplace_back("dilations", Each(w.Ints("dilation"), kernel.size()));
  return w.Result("MaxPool", {w.Tensor("self")}, window);
}

absl::Status AvgPool(OnnxWriter& w) {
  if (w.Has("divisor_override")) return Invalid("must divide by its window");
  // What a window past the end divides by differs.
  if (w.Bool("ceil_mode")) return Invalid("must round its size down");
  OnnxWriter::Attributes window = Window(w);
  window.emplace_back("count_include_pad",
                      int64_t{w.Bool("count_include_pad")});
  return w.Result("AveragePool", {w.Tensor("self")}, window);
}

absl::Status AdaptiveAvgPool(OnnxWriter& w) {
  const auto sizes = w.Ints("output_size");
  const auto& shape = w.Shape("self");
  std::vector<int64_t> window;
  bool whole = true;
  for (size_t i = 0; i < sizes.size(); ++i) {
    const int64_t size = shape[shape.size() - sizes.size() + i].value;
    if (size % sizes[i] != 0) {
      return Invalid("the input's size must be a multiple of the output's",
                     absl::StrCat(size, " to ", sizes[i]));
    }
    window.push_back(size / sizes[i]);
    whole &= sizes[i] == 1;
  }
  if (whole) return w.Result("GlobalAveragePool", {w.Tensor("self")});
  return w.Result("AveragePool", {w.Tensor("self")},
                  {{"kernel_shape", window}, {"strides", window}});
}

absl::Status Linear(OnnxWriter& w) {
  const bool bias = w.Has("bias");
  if (w.Shape("input").size() == 2) {
    std::vector<std::string> inputs = {w.Tensor("input"), w.Tensor("weight")};
    if (bias) inputs.push_back(w.Tensor("bias"));
    return w.Result("Gemm", inputs, {{"transB", int64_t{1}}});
  }
  const std::string weight = w.Node("Transpose", {w.Tensor("weight")},
                                    {{"perm", std::vector<int64_t>{1, 0}}});
  if (!bias) return w.Result("MatMul", {w.Tensor("input"), weight});
  const std::string product = w.Node("MatMul", {w.Tensor("input"), weight});
  return w.Result("Add", {product, w.Tensor("bias")});
}

absl::Status Attention(OnnxWriter& w) {
  if (w.Has("attn_mask") || w.Bool("is_causal")) {
    return Invalid("attention must have no mask");
  }
  const auto& shape = w.Shape("key");
  std::vector<int64_t> swapped;
  for (size_t i = 0; i < shape.size(); ++i) {
    swapped.push_back(static_cast<int64_t>(i));
  }
  std::swap(swapped[shape.size() - 2], swapped[shape.size() - 1]);
  const double scale =
      w.Has("scale") ? w.Double("scale")
                     : 1 / std::sqrt(static_cast<double>(shape.back().value));
  const std::string keys =
      w.Node("Transpose", {w.Tensor("key")}, {{"perm", swapped}});
  const std::string products = w.Node("MatMul", {w.Tensor("query"), keys});
  const std::string scaled = w.Node("Mul", {products, w.Number(scale)});
  const std::string shares =
      w.Node("Softmax", {scaled}, {{"axis", int64_t{-1}}});
  return w.Result("MatMul", {shares, w.Tensor("value")});
}

absl::Status Embedding(OnnxWriter& w) {
  return w.Result("Gather", {w.Tensor("weight"), w.Tensor("indices")});
}

}  // namespace

const OnnxOperations& OnnxLayers() {
  static const auto* const operations =
      new OnnxOperations({{"_convolution", Convolution},
                          {"adaptive_avg_pool2d", AdaptiveAvgPool},
                          {"avg_pool2d", AvgPool},
                          {"batch_norm", BatchNorm},
                          {"embedding", Embedding},
                          {"layer_norm", LayerNorm},
                          {"linear", Linear},
                          {"max_pool2d", MaxPool},
                          {"scaled_dot_product_attention", Attention}});
  return *operations;
}

}  // namespace toque
