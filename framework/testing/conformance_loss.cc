// What every loss must do. It is tried with scores or embeddings [N, 4] and
// classes [N] where it takes them, otherwise with an output and a target in
// 0..1 of equal shape; taps of a model have the output's shape, too.

#include <cmath>

#include "framework/core/loss.h"
#include "framework/shared/soft_target.h"
#include "framework/testing/conformance.h"
#include "framework/testing/gradient.h"

namespace toque {
namespace {

constexpr int64_t kClasses = 4;

at::Tensor Labels(int64_t size) {
  return Scattered({size}).mul(100).to(at::kLong).remainder(kClasses);
}

at::Tensor Values(int64_t size) { return Scattered({size, kClasses}).abs(); }

class LossConformance : public testing::TestWithParam<Candidate> {
 protected:
  void SetUp() override {
    auto made =
        Make<Loss>(GetParam(), Context().WithDataset({.classes = kClasses}));
    ASSERT_OK(made);
    loss_ = *std::move(made);
    for (const auto& [name, parameter] : loss_->Parameters()) {
      parameter.set_data(parameter.to(at::kDouble));
    }
    takes_labels_ = Accepts(Output(6), Labels(6));
  }

  static at::Tensor Output(int64_t size) {
    return Scattered({size, kClasses}).mul(0.9);
  }
  at::Tensor Target(int64_t size) const {
    return takes_labels_ ? Labels(size) : Values(size);
  }

  at::Tensor Compute(const at::Tensor& output, const at::Tensor& target) {
    Prediction prediction{.output = output};
    for (const std::string& tap : loss_->Taps()) {
      prediction.taps[tap] = Output(output.size(0));
    }
    Batch batch{.input = Output(output.size(0)), .target = target};
    batch.index.resize(static_cast<size_t>(output.size(0)));
    return loss_->Compute(prediction, batch);
  }
  bool Accepts(const at::Tensor& output, const at::Tensor& target) {
    try {
      Compute(output, target);
      return true;
    } catch (const c10::Error&) {
      return false;
    }
  }

  std::unique_ptr<Loss> loss_;
  bool takes_labels_ = false;
};

TEST_P(LossConformance, IsAFiniteScalar) {
  for (const int64_t size : {1, 2, 6}) {
    const at::Tensor loss = Compute(Output(size), Target(size));
    EXPECT_EQ(loss.dim(), 0);
    EXPECT_TRUE(std::isfinite(loss.item<double>())) << loss.item<double>();
  }
}

TEST_P(LossConformance, HasTheGradientOfItsValues) {
  for (const int64_t size : {1, 6}) {
    const at::Tensor target = Target(size);
    const auto loss = [&](const at::Tensor& x) { return Compute(x, target); };
    EXPECT_LT(GradientError(loss, Output(size)), 1e-7);
  }
}

TEST_P(LossConformance, LeavesOutputAndTargetAsTheyAre) {
  const at::Tensor output = Output(6);
  const at::Tensor target = Target(6);
  Compute(output, target);
  EXPECT_TRUE(output.equal(Output(6)));
  EXPECT_TRUE(target.equal(Target(6)));
}

TEST_P(LossConformance, RefusesATargetOfAnotherBatchSize) {
  EXPECT_FALSE(Accepts(Output(6), Target(5)));
  EXPECT_FALSE(Accepts(Output(6), Target(1)));
}

// One that does not take classes would silently compare all pairs.
TEST_P(LossConformance, RefusesATargetThatWouldBroadcast) {
  EXPECT_FALSE(Accepts(Output(6), Values(6).narrow(1, 0, 1)));
  EXPECT_FALSE(Accepts(Output(6), Values(1)));
}

// Decision Q6 of the recipes.
TEST_P(LossConformance, TakesASoftTargetIfItSaysSo) {
  const at::Tensor soft = Values(6).div(Values(6).sum(1, /*keepdim=*/true));
  if (loss_->TakesSoftTarget()) {
    EXPECT_TRUE(std::isfinite(Compute(Output(6), soft).item<double>()));
  } else if (takes_labels_) {
    EXPECT_FALSE(Accepts(Output(6), soft));
  }
}

TEST_P(LossConformance, TakesOneHotRowsAsTheirClasses) {
  if (!loss_->TakesSoftTarget() || !takes_labels_) return;
  const at::Tensor rows = OneHotRows(Labels(6), kClasses, at::kFloat);
  EXPECT_NEAR(Compute(Output(6), rows).item<double>(),
              Compute(Output(6), Labels(6)).item<double>(), 1e-12);
}

// They count for nothing.
TEST_P(LossConformance, StaysFiniteWhereSomeLabelsAreIgnored) {
  if (!takes_labels_) return;
  const at::Tensor labels = Labels(6);
  labels.narrow(0, 1, 2).fill_(-100);
  EXPECT_TRUE(std::isfinite(Compute(Output(6), labels).item<double>()));
}

CONFORMANCE_SUITE(LossConformance, Loss::kKind);

}  // namespace
}  // namespace toque
