#include <cmath>
#include <utility>

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
                          {"embedding", Embedding},
                          {"linear", Linear},
                          {"scaled_dot_product_attention", Attention}});
  return *operations;
}

}  // namespace toque
