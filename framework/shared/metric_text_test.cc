#include "framework/shared/metric_text.h"

#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(MetricTextTest, TellsAccuraciesInPerCent) {
  EXPECT_EQ(MetricText("accuracy", 0.92361), "92.36%");
  EXPECT_EQ(MetricText("accuracy/test", 1), "100.00%");
  EXPECT_EQ(MetricText("accuracy_top5/eval_ema", 0.999), "99.90%");
}

TEST(MetricTextTest, TellsOthersByFourDigits) {
  EXPECT_EQ(MetricText("loss/eval", 0.23812), "0.2381");
  EXPECT_EQ(MetricText("balanced_accuracy_loss", 12345.6), "1.235e+04");
}

}  // namespace
}  // namespace toque
