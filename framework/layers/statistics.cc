#include "framework/layers/statistics.h"

#include "framework/layers/recompute.h"

namespace toque {

void StatisticsBlock::StartAverage() {
  Forget();
  averaged_ = 0;
}

bool StatisticsBlock::Counts() const { return is_training() && !Recomputing(); }

double StatisticsBlock::ShareOfNew(double momentum) {
  if (averaged_ == kMoving) return momentum;
  return 1 / static_cast<double>(++averaged_);
}

}  // namespace toque
