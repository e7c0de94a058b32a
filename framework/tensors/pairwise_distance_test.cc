#include "framework/tensors/pairwise_distance.h"

#include <cmath>

#include "ATen/ops/tensor.h"
#include "ATen/ops/zeros.h"
#include "framework/testing/gradient.h"
#include "framework/testing/tensor_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace toque {
namespace {

constexpr DistanceMethod kMethods[] = {DistanceMethod::kMatrixProduct,
                                       DistanceMethod::kExact};

// By three loops over float64.
at::Tensor Naive(const at::Tensor& a, const at::Tensor& b) {
  at::Tensor distances = at::zeros({a.size(0), b.size(0)}, at::kDouble);
  for (int64_t i = 0; i < a.size(0); ++i) {
    for (int64_t j = 0; j < b.size(0); ++j) {
      double sum = 0;
      for (int64_t k = 0; k < a.size(1); ++k) {
        const double gap = a[i][k].item<double>() - b[j][k].item<double>();
        sum += gap * gap;
      }
      distances[i][j] = std::sqrt(sum);
    }
  }
  return distances;
}

TEST(PairwiseDistanceTest, IsThatOfLoops) {
  for (const DistanceMethod method : kMethods) {
    for (const int64_t d : {1, 2, 7, 64}) {
      const at::Tensor a = Scattered({5, d});
      const at::Tensor b = Scattered({4, d}).mul(3);
      EXPECT_THAT(PairwiseDistance(a, b, method),
                  AllClose(Naive(a, b), 1e-12, 1e-12));
      EXPECT_THAT(PairwiseDistance(a.to(at::kFloat), b.to(at::kFloat), method),
                  AllClose(Naive(a, b).to(at::kFloat), 1e-4, 1e-4));
    }
  }
}

TEST(PairwiseDistanceTest, TakesSetsWithoutPoints) {
  for (const DistanceMethod method : kMethods) {
    const at::Tensor none = at::zeros({0, 3});
    const at::Tensor some = at::zeros({2, 3});
    EXPECT_THAT(PairwiseDistance(none, some, method),
                TensorEq(at::zeros({0, 2})));
    EXPECT_THAT(PairwiseDistance(some, none, method),
                TensorEq(at::zeros({2, 0})));
    // Points of no dimension are all the same.
    EXPECT_THAT(PairwiseDistance(at::zeros({2, 0}), at::zeros({3, 0}), method),
                TensorEq(at::zeros({2, 3})));
  }
}

TEST(PairwiseDistanceTest, HasTheGradientOfItsValues) {
  const at::Tensor b = Scattered({3, 4}).mul(2);
  const at::Tensor weights = Scattered({5, 3});
  for (const DistanceMethod method : kMethods) {
    const auto one = [&](const at::Tensor& a) {
      return PairwiseDistance(a, b, method).mul(weights).sum();
    };
    EXPECT_LT(GradientError(one, Scattered({5, 4})), 1e-8);
    const auto other = [&](const at::Tensor& a) {
      return PairwiseDistance(b, a, method).mul(weights.t()).sum();
    };
    EXPECT_LT(GradientError(other, Scattered({5, 4})), 1e-8);
  }
}

// Decision Q27 of the recipes.
TEST(PairwiseDistanceTest, HasDistanceAndGradient0AtEqualPoints) {
  for (const DistanceMethod method : kMethods) {
    for (const at::ScalarType type : {at::kFloat, at::kDouble}) {
      // Far from the origin, where a matrix product rounds.
      at::Tensor row = Scattered({1, 100}).add(1000).to(type);
      const at::Tensor points = row.repeat({40, 1}).requires_grad_();
      const at::Tensor distances = PairwiseDistance(points, points, method);
      EXPECT_THAT(distances, TensorEq(at::zeros({40, 40}, type)));
      distances.sum().backward();
      EXPECT_THAT(points.grad(), TensorEq(at::zeros({40, 100}, type)));
    }
  }
}

TEST(PairwiseDistanceTest, IsExactForSmallDistancesOnlyByDifferences) {
  const at::Tensor a = at::tensor({1000.f, 1000.f}).view({1, 2});
  const at::Tensor b = at::tensor({1000.f, 1000.125f}).view({1, 2});
  const auto distance = [&](DistanceMethod method) {
    return PairwiseDistance(a, b, method).item<float>();
  };
  EXPECT_EQ(distance(DistanceMethod::kExact), 0.125f);
  EXPECT_EQ(distance(DistanceMethod::kMatrixProduct), 0);
}

std::string Fault(const at::Tensor& a, const at::Tensor& b,
                  DistanceMethod method = DistanceMethod::kMatrixProduct) {
  try {
    PairwiseDistance(a, b, method);
  } catch (const c10::Error& error) {
    return error.what_without_backtrace();
  }
  return "";
}

TEST(PairwiseDistanceTest, RefusesWhatDoesNotFit) {
  EXPECT_EQ(Fault(at::zeros({5, 3}), at::zeros({4, 2})),
            "b must have shape [n, d=3], got [4, 2]");
  EXPECT_EQ(Fault(at::zeros({5}), at::zeros({4, 2})),
            "a must have shape [m, d], got [5]");
  EXPECT_EQ(Fault(at::zeros({5, 3}, at::kLong), at::zeros({4, 3}, at::kLong)),
            "a must be floating, got int64");
  EXPECT_EQ(Fault(at::zeros({5, 3}), at::zeros({4, 3}, at::kDouble)),
            "b must be float32 as a is, got float64");
}

TEST(PairwiseDistanceTest, OnlyTheMatrixProductTakesHalfPrecision) {
  const at::Tensor a = at::tensor({0.f, 0.f}).to(at::kHalf).view({1, 2});
  const at::Tensor b = at::tensor({3.f, 4.f}).to(at::kHalf).view({1, 2});
  EXPECT_EQ(PairwiseDistance(a, b).item<float>(), 5);
  EXPECT_EQ(Fault(a, b, DistanceMethod::kExact),
            "exact distances need float32 or float64, got float16");
}

}  // namespace
}  // namespace toque
