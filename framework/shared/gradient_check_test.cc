#include "framework/shared/gradient_check.h"

#include "ATen/ops/linspace.h"
#include "ATen/ops/ones.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

class GradientCheckTest : public testing::Test {
 protected:
  absl::StatusOr<GradientReport> Check(
      const std::function<at::Tensor()>& value) {
    return CompareGradients(value, {{"a", a_}, {"b", b_}}, /*entries=*/4,
                            /*tolerance=*/1e-4);
  }

  const at::Tensor a_ = at::linspace(-1, 1, 9, at::kDouble).requires_grad_();
  const at::Tensor b_ = at::ones({2}, at::kDouble).requires_grad_();
};

TEST_F(GradientCheckTest, AcceptsWhatIsRight) {
  const at::Tensor before = a_.detach().clone();
  const auto report =
      Check([this] { return a_.exp().sum().mul(b_.sum().sin()); });
  ASSERT_OK(report);
  EXPECT_EQ(report->entries, 6);  // 4 of a, both of b
  EXPECT_LT(report->greatest, 1e-6);
  EXPECT_TRUE(a_.detach().equal(before));
  EXPECT_FALSE(a_.grad().defined());
}

TEST_F(GradientCheckTest, NamesTheFirstEntryThatIsWrong) {
  // What detach() hides from autograd: half the gradient of b.
  EXPECT_THAT(Check([this] { return a_.sum().add(b_.mul(b_.detach()).sum()); }),
              FailsWith("the gradient of b[0] must be that of finite "
                        "differences, 2"));
}

TEST_F(GradientCheckTest, AcceptsAParameterThatIsNotUsed) {
  EXPECT_OK(Check([this] { return a_.square().sum(); }));
}

TEST_F(GradientCheckTest, RefusesAParameterThatAutogradDoesNotSee) {
  EXPECT_THAT(Check([this] { return a_.sum().add(b_.detach().sum()); }),
              FailsWith("the gradient of b[0] must be"));
}

// At 0 the root's gradient is infinite, and times 0 not a number.
TEST_F(GradientCheckTest, RefusesGradientsThatAreNotFinite) {
  EXPECT_THAT(Check([this] {
                return a_.sum().add(b_.sub(1).clamp_min(0).sqrt().sum());
              }),
              FailsWith("the gradient of b[0] must be"));
  EXPECT_THAT(Check([this] { return a_.sum().add(b_.mul(0).sqrt().sum()); }),
              FailsWith("the gradient of b[0] must be"));
}

TEST_F(GradientCheckTest, PutsParametersBackWhereTheValueThrows) {
  const at::Tensor before = a_.detach().clone();
  int calls = 0;
  const auto value = [&] {
    TORCH_CHECK(++calls < 3, "no more");
    return a_.exp().sum().add(b_.sum());
  };
  EXPECT_THROW(Check(value).IgnoreError(), c10::Error);
  EXPECT_TRUE(a_.detach().equal(before));
}

// |a| has a kink within the first step's reach of it.
TEST_F(GradientCheckTest, LooksAgainBesideAKink) {
  a_.detach().fill_(5e-7);
  EXPECT_OK(Check([this] { return a_.abs().sum().add(b_.sum()); }));
}

}  // namespace
}  // namespace toque
