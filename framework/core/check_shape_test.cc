#include "framework/core/check_shape.h"

#include <functional>
#include <string>

#include "ATen/ops/zeros.h"
#include "gtest/gtest.h"

namespace toque {
namespace {

// What a check says; "" where it lets pass.
std::string Fault(const std::function<void()>& check) {
  try {
    check();
  } catch (const c10::Error& error) {
    return error.what_without_backtrace();
  }
  return "";
}

class CheckShapeTest : public testing::Test {
 protected:
  const at::Tensor logits_ = at::zeros({8, 10});
  const at::Tensor labels_ = at::zeros({8});
  const at::Tensor column_ = at::zeros({8, 1});
  Axes axes_;
};

TEST_F(CheckShapeTest, PassesTheShapeAndAnySize) {
  EXPECT_EQ(Fault([&] { CHECK_SHAPE(logits_, {8, 10}); }), "");
  EXPECT_EQ(Fault([&] { CHECK_SHAPE(logits_, {kAny, 10}); }), "");
  EXPECT_EQ(Fault([&] { CHECK_SHAPE(at::zeros({}), {}); }), "");
}

TEST_F(CheckShapeTest, NamesTheVariableAndBothShapes) {
  EXPECT_EQ(Fault([&] {
              CHECK_SHAPE(logits_, {kAny, 5});
            }),
            "logits_ must have shape [*, 5], got [8, 10]");
  EXPECT_EQ(Fault([&] {
              CHECK_SHAPE(labels_, {kAny, kAny});
            }),
            "labels_ must have shape [*, *], got [8]");
}

// Recipe R94.
TEST_F(CheckShapeTest, RefusesAVectorAgainstAColumn) {
  EXPECT_EQ(Fault([&] { CHECK_SAME_SHAPE(labels_, column_); }),
            "labels_ and column_ must have the same shape, got [8] and [8, 1]");
  EXPECT_EQ(Fault([&] { CHECK_SAME_SHAPE(labels_, labels_); }), "");
}

TEST_F(CheckShapeTest, AxesOfOneNameHaveOneSize) {
  CHECK_AXES(axes_, logits_, {"N", "classes"});
  EXPECT_EQ(axes_.Size("N"), 8);
  EXPECT_EQ(axes_.Size("classes"), 10);
  EXPECT_EQ(axes_.Size("other"), kAny);
  EXPECT_EQ(Fault([&] { CHECK_AXES(axes_, labels_, {"N"}); }), "");
  EXPECT_EQ(Fault([&] {
              CHECK_AXES(axes_, column_, {"N", "classes"});
            }),
            "column_ must have shape [N=8, classes=10], got [8, 1]");
}

TEST_F(CheckShapeTest, NamesStandBesideSizes) {
  EXPECT_EQ(Fault([&] { CHECK_AXES(axes_, column_, {"N", 1}); }), "");
  EXPECT_EQ(Fault([&] { CHECK_AXES(axes_, logits_, {"N", kAny}); }), "");
  EXPECT_EQ(Fault([&] {
              CHECK_AXES(axes_, logits_, {"N", 0});
            }),
            "logits_ must have shape [N=8, 0], got [8, 10]");
  EXPECT_EQ(Fault([&] {
              CHECK_AXES(axes_, labels_, {"N", kAny, "C"});
            }),
            "labels_ must have shape [N=8, *, C], got [8]");
}

TEST_F(CheckShapeTest, ANameMayStandTwiceInOneShape) {
  EXPECT_EQ(Fault([&] {
              CHECK_AXES(axes_, logits_, {"n", "n"});
            }),
            "logits_ must have shape [n, n], got [8, 10]");
  EXPECT_EQ(axes_.Size("n"), kAny) << "a failed check sets nothing";
  const at::Tensor square = at::zeros({3, 3});
  EXPECT_EQ(Fault([&] { CHECK_AXES(axes_, square, {"n", "n"}); }), "");
}

}  // namespace
}  // namespace toque
