#include "framework/layers/attention.h"

#include <cmath>
#include <string>

#include "ATen/ops/empty.h"
#include "ATen/ops/linear.h"
#include "ATen/ops/scaled_dot_product_attention.h"
#include "ATen/ops/zeros.h"
#include "absl/strings/str_cat.h"
#include "framework/core/check_shape.h"
#include "framework/layers/initial.h"

namespace toque {
namespace {

struct SelfAttentionLayer : Block {
  explicit SelfAttentionLayer(const AttentionOptions& options)
      : options(options),
        in_proj_weight(register_parameter(
            "in_proj_weight",
            at::empty({3 * options.features, options.features}))),
        in_proj_bias(register_parameter("in_proj_bias",
                                        at::zeros(3 * options.features))),
        out_proj(Add("out_proj", Linear(options.features, options.features))) {
    // Xavier's, of a matrix whose fans are features and 3 features.
    SetUniform(in_proj_weight,
               std::sqrt(6.0 / static_cast<double>(4 * options.features)));
    SetConstant(out_proj->named_parameters()["bias"], 0);
  }

  at::Tensor Forward(const at::Tensor& input) override {
    CHECK_SHAPE(input, {kAny, kAny, options.features});
    const int64_t batch = input.size(0), positions = input.size(1);
    const at::Tensor heads =
        at::linear(input, in_proj_weight, in_proj_bias)
            .view({batch, positions, 3, options.heads, -1})
            .permute({2, 0, 3, 1, 4});  // [3, N, heads, T, features / heads]
    const at::Tensor means = at::scaled_dot_product_attention(
        heads[0], heads[1], heads[2], /*attn_mask=*/{},
        is_training() ? options.dropout : 0.0);
    return (*out_proj)(means.transpose(1, 2).flatten(2));
  }

  // The three projections, and two products of positions with positions.
  int64_t Macs(const at::Tensor& input, const at::Tensor&) const override {
    return input.numel() * (3 * options.features + 2 * input.size(1));
  }
  std::string Describe() const override {
    return absl::StrCat("SelfAttention(", options.features, ", ", options.heads,
                        " heads)");
  }

  AttentionOptions options;
  at::Tensor in_proj_weight;  // [3 features, features]: queries, keys, values
  at::Tensor in_proj_bias;    // [3 features]
  Layer out_proj;
};

}  // namespace

Layer SelfAttention(const AttentionOptions& options) {
  return std::make_shared<SelfAttentionLayer>(options);
}

}  // namespace toque
