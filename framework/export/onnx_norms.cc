#include <numeric>
#include <utility>

#include "ATen/ops/ones.h"
#include "ATen/ops/zeros.h"
#include "framework/export/onnx_writer.h"

namespace toque {
namespace {

// The tensor `argument` or, where none is given, `instead`.
std::string Given(OnnxWriter& w, const char* argument,
                  const at::Tensor& instead) {
  if (w.Has(argument)) return w.Tensor(argument);
  return w.Constant(instead.to(w.ValueOf("input").type));
}

int64_t Channels(const OnnxWriter& w) { return w.Shape("input")[1].value; }

// What ONNX's norms take: values, [N, C, ...], weight and bias.
std::vector<std::string> AndAffine(OnnxWriter& w, std::string values) {
  return {std::move(values), Given(w, "weight", at::ones(Channels(w))),
          Given(w, "bias", at::zeros(Channels(w)))};
}

// The channels stand as those of one example, so that their statistics are
// those of the batch.
absl::Status NormOfBatch(OnnxWriter& w) {
  std::vector<int64_t> order(w.Shape("input").size());
  std::iota(order.begin(), order.end(), 0);
  std::swap(order[0], order[1]);
  std::vector<Size> swapped = w.ResultShape();
  std::swap(swapped[0], swapped[1]);
  const std::string rows =
      w.Node("Transpose", {w.Tensor("input")}, {{"perm", order}});
  const std::string one =
      w.Node("Reshape", {rows, w.Integers({1, Channels(w), -1})});
  const std::string normal = w.Node("InstanceNormalization", AndAffine(w, one),
                                    {{"epsilon", w.Double("eps")}});
  const std::string back = w.Node("Reshape", {normal, w.Sizes(swapped)});
  return w.Result("Transpose", {back}, {{"perm", order}});
}

absl::Status BatchNorm(OnnxWriter& w) {
  if (w.Bool("training")) return NormOfBatch(w);
  std::vector<std::string> inputs = AndAffine(w, w.Tensor("input"));
  inputs.push_back(w.Tensor("running_mean"));
  inputs.push_back(w.Tensor("running_var"));
  return w.Result("BatchNormalization", inputs, {{"epsilon", w.Double("eps")}});
}

absl::Status InstanceNorm(OnnxWriter& w) {
  if (!w.Bool("use_input_stats")) return Invalid("must use the input's means");
  return w.Result("InstanceNormalization", AndAffine(w, w.Tensor("input")),
                  {{"epsilon", w.Double("eps")}});
}

// A value for each channel as [C, 1, ...], beside the operation's result.
std::string OfChannels(OnnxWriter& w, const std::string& values) {
  std::vector<int64_t> shape(w.ResultShape().size() - 1, 1);
  shape[0] = Channels(w);
  return w.Node("Reshape", {values, w.Integers(shape)});
}

// The groups stand as channels while they are normalised.
absl::Status GroupNorm(OnnxWriter& w) {
  const int64_t groups = w.Int("num_groups");
  const auto type = w.ValueOf("input").type;
  const std::string grouped =
      w.Node("Reshape", {w.Tensor("input"), w.Integers({0, groups, -1})});
  const std::string normal =
      w.Node("InstanceNormalization",
             {grouped, w.Constant(at::ones(groups).to(type)),
              w.Constant(at::zeros(groups).to(type))},
             {{"epsilon", w.Double("eps")}});
  const std::vector<std::string> affine =
      AndAffine(w, w.Node("Reshape", {normal, w.Sizes(w.ResultShape())}));
  const std::string scaled =
      w.Node("Mul", {affine[0], OfChannels(w, affine[1])});
  return w.Result("Add", {scaled, OfChannels(w, affine[2])});
}

absl::Status LayerNorm(OnnxWriter& w) {
  const auto shape = w.Ints("normalized_shape");
  std::vector<std::string> inputs = {w.Tensor("input"),
                                     Given(w, "weight", at::ones(shape))};
  if (w.Has("bias")) inputs.push_back(w.Tensor("bias"));
  return w.Result("LayerNormalization", inputs,
                  {{"axis", -static_cast<int64_t>(shape.size())},
                   {"epsilon", w.Double("eps")}});
}

}  // namespace

const OnnxOperations& OnnxNorms() {
  static const auto* const operations =
      new OnnxOperations({{"batch_norm", BatchNorm},
                          {"group_norm", GroupNorm},
                          {"instance_norm", InstanceNorm},
                          {"layer_norm", LayerNorm}});
  return *operations;
}

}  // namespace toque
