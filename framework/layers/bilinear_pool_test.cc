#include "framework/layers/bilinear_pool.h"

#include <cmath>

#include "ATen/ops/allclose.h"
#include "ATen/ops/empty.h"
#include "ATen/ops/isfinite.h"
#include "ATen/ops/ones.h"
#include "ATen/ops/zeros.h"
#include "framework/testing/gradient.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace toque {
namespace {

// What the layer should give for one example [C, H, W], by loops: [C * C].
at::Tensor ByLoops(const at::Tensor& maps) {
  const int64_t channels = maps.size(0);
  const int64_t pixels = maps.size(1) * maps.size(2);
  const at::Tensor flat = maps.flatten(1);
  const auto value = flat.accessor<double, 2>();
  at::Tensor result = at::empty(channels * channels, at::kDouble);
  double squares = 0;
  for (int64_t i = 0; i < channels; ++i) {
    for (int64_t j = 0; j < channels; ++j) {
      double product = 0;
      for (int64_t k = 0; k < pixels; ++k) product += value[i][k] * value[j][k];
      product /= static_cast<double>(pixels);
      const double root =
          std::copysign(std::sqrt(std::abs(product) + 1e-5), product);
      result[i * channels + j] = root;
      squares += root * root;
    }
  }
  return result.div(std::sqrt(squares));
}

TEST(BilinearPoolTest, GivesWhatLoopsGive) {
  const at::Tensor maps = Scattered({2, 3, 4, 5});
  const at::Tensor output = (*BilinearPool())(maps);
  EXPECT_EQ(output.sizes(), at::IntArrayRef({2, 9}));
  for (int64_t i = 0; i < 2; ++i) {
    EXPECT_TRUE(at::allclose(output[i], ByLoops(maps[i]), 1e-12, 1e-12));
  }
}

TEST(BilinearPoolTest, TakesASinglePixel) {
  const at::Tensor maps = Scattered({1, 4, 1, 1});
  EXPECT_TRUE(
      at::allclose((*BilinearPool())(maps)[0], ByLoops(maps[0]), 1e-12, 1e-12));
}

TEST(BilinearPoolTest, TheUpperTriangleIsAllWithoutWhatStandsTwice) {
  const at::Tensor maps = Scattered({2, 3, 4, 5});
  const at::Tensor all = (*BilinearPool())(maps).view({2, 3, 3});
  const at::Tensor upper = (*BilinearPool(Products::kUpper))(maps);
  ASSERT_EQ(upper.sizes(), at::IntArrayRef({2, 6}));
  EXPECT_EQ(BilinearSize(3, Products::kUpper), 6);
  // The same values but for the length that they are divided by.
  const at::Tensor scale = all[0][0][0].div(upper[0][0]);
  const int64_t rows[] = {0, 0, 0, 1, 1, 2}, columns[] = {0, 1, 2, 1, 2, 2};
  for (int64_t i = 0; i < 6; ++i) {
    EXPECT_NEAR(all[0][rows[i]][columns[i]].item<double>(),
                upper[0][i].mul(scale).item<double>(), 1e-12);
  }
  EXPECT_NEAR(upper[1].norm().item<double>(), 1, 1e-12);
}

TEST(BilinearPoolTest, HasTheGradientOfFiniteDifferences) {
  for (const Products products : {Products::kAll, Products::kUpper}) {
    const Layer layer = BilinearPool(products);
    const auto function = [&layer](const at::Tensor& input) {
      const at::Tensor output = (*layer)(input);
      return output.mul(Scattered(output.sizes())).sum();
    };
    EXPECT_LT(GradientError(function, Scattered({2, 3, 2, 2})), 1e-6);
  }
}

TEST(BilinearPoolTest, ZerosStayZeroWithAGradientOfZero) {
  const at::Tensor maps = at::zeros({2, 3, 4, 4}).requires_grad_();
  const at::Tensor output = (*BilinearPool())(maps);
  EXPECT_TRUE(output.eq(0).all().item<bool>());
  output.sum().backward();
  EXPECT_TRUE(maps.grad().eq(0).all().item<bool>());
}

TEST(BilinearPoolTest, RefusesAPictureWithoutPixels) {
  try {
    (*BilinearPool())(at::ones({2, 3, 0, 4}));
    FAIL() << "nothing was thrown";
  } catch (const LayerError& error) {
    EXPECT_STREQ(error.what(),
                 "BilinearPool: input [2, 3, 0, 4]: input must have height and "
                 "width of at least 1, got [2, 3, 0, 4]");
  }
}

}  // namespace
}  // namespace toque
