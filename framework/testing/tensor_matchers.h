// Matchers of tensors, whose messages name the first element that differs:
//
//   EXPECT_THAT(output, AllClose(expected));
//   EXPECT_THAT(labels, TensorEq(at::tensor({0, 2})));

#ifndef TOQUE_FRAMEWORK_TESTING_TENSOR_MATCHERS_H_
#define TOQUE_FRAMEWORK_TESTING_TENSOR_MATCHERS_H_

#include <ostream>
#include <string>
#include <utility>

#include "ATen/core/Tensor.h"
#include "gmock/gmock.h"

namespace toque {

// "" where shapes and types are the same and all elements within
// atol + rtol |expected|; else what differs: "2 of 6 elements differ, first at
// [0, 2]: got 1.5, expected 1.25". NaN is close to nothing, NaN included, and
// an infinity to itself alone. With tolerances of 0 the values must be equal.
std::string Difference(const at::Tensor& got, const at::Tensor& expected,
                       double rtol, double atol);

// A tensor of the type and shape of `expected`, close to it in every element.
// Nothing is broadcast or converted. The defaults are those of at::allclose.
class AllClose {
 public:
  using is_gtest_matcher = void;
  explicit AllClose(at::Tensor expected, double rtol = 1e-5, double atol = 1e-8)
      : expected_(std::move(expected)), rtol_(rtol), atol_(atol) {}
  bool MatchAndExplain(const at::Tensor& got, std::ostream* out) const;
  void DescribeTo(std::ostream* out) const;
  void DescribeNegationTo(std::ostream* out) const;

 private:
  at::Tensor expected_;
  double rtol_;
  double atol_;
};

// A tensor of the type and shape of `expected` with the same values.
inline AllClose TensorEq(at::Tensor expected) {
  return AllClose(std::move(expected), 0, 0);
}

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_TESTING_TENSOR_MATCHERS_H_
