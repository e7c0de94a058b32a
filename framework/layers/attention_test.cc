#include "framework/layers/attention.h"

#include <cmath>

#include "ATen/Context.h"
#include "ATen/ops/allclose.h"
#include "ATen/ops/cat.h"
#include "ATen/ops/linear.h"
#include "ATen/ops/matmul.h"
#include "ATen/ops/ones.h"
#include "framework/testing/gradient.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace toque {
namespace {

// softmax(Q K^T / sqrt(d)) V, head by head.
at::Tensor ByHeads(Block& layer, const at::Tensor& input, int64_t heads) {
  const auto weights = layer.named_parameters();
  const auto parts =
      at::linear(input, weights["in_proj_weight"], weights["in_proj_bias"])
          .chunk(3, -1);
  std::vector<at::Tensor> outputs;
  for (int64_t head = 0; head < heads; ++head) {
    const auto of_head = [&](const at::Tensor& all) {
      return all.chunk(heads, -1)[static_cast<size_t>(head)];
    };
    const at::Tensor query = of_head(parts[0]), key = of_head(parts[1]);
    const at::Tensor scores =
        at::matmul(query, key.transpose(1, 2))
            .div(std::sqrt(static_cast<double>(query.size(-1))));
    outputs.push_back(at::matmul(scores.softmax(-1), of_head(parts[2])));
  }
  return at::linear(at::cat(outputs, -1), weights["out_proj.weight"],
                    weights["out_proj.bias"]);
}

TEST(AttentionTest, GivesWhatTheFormulaGives) {
  at::manual_seed(1);
  const Layer layer = SelfAttention({.features = 12, .heads = 3});
  const at::Tensor input = Scattered({2, 5, 12}).to(at::kFloat);
  EXPECT_TRUE(
      at::allclose((*layer)(input), ByHeads(*layer, input, 3), 1e-5, 1e-6));
}

TEST(AttentionTest, DropsPositionsInTrainingAlone) {
  const Layer layer =
      SelfAttention({.features = 4, .heads = 2, .dropout = 0.5});
  const at::Tensor input = Scattered({2, 8, 4}).to(at::kFloat);
  EXPECT_FALSE((*layer)(input).equal((*layer)(input)));
  layer->eval();
  EXPECT_TRUE((*layer)(input).equal((*layer)(input)));
}

TEST(AttentionTest, CountsItsProjectionsAndProducts) {
  const Layer layer = SelfAttention({.features = 4, .heads = 2});
  const at::Tensor input = at::ones({2, 5, 4});
  // Without out_proj, which counts its own.
  const int64_t projections = 2 * 5 * 4 * 12, products = 2 * 2 * 5 * 5 * 4;
  EXPECT_EQ(layer->Macs(input, input), projections + products);
}

TEST(AttentionTest, RefusesOtherFeatures) {
  const Layer layer = SelfAttention({.features = 4, .heads = 2});
  try {
    (*layer)(at::ones({2, 5, 6}));
    FAIL() << "nothing was thrown";
  } catch (const LayerError& error) {
    EXPECT_STREQ(error.what(),
                 "SelfAttention(4, 2 heads): input [2, 5, 6]: input must have "
                 "shape [*, *, 4], got [2, 5, 6]");
  }
}

}  // namespace
}  // namespace toque
