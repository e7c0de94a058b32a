// How far a run has come.

#ifndef TOQUE_FRAMEWORK_CORE_PROGRESS_H_
#define TOQUE_FRAMEWORK_CORE_PROGRESS_H_

#include <cstdint>

#include "framework/options.pb.h"

namespace toque {

struct Progress {
  int64_t step = 0;   // optimizer steps finished
  int64_t epoch = 0;  // epochs finished
  int64_t steps_per_epoch = 1;
  int64_t total_steps = 1;

  // The finished part of the run: steps, or whole epochs.
  double Count(Per per) const {
    return static_cast<double>(per == EPOCH ? epoch : step);
  }
  // The whole run in the same unit.
  double Total(Per per) const {
    return static_cast<double>(total_steps) / PerUnit(per);
  }
  // `length` of a unit in steps: half an epoch may be 215 steps.
  double Steps(double length, Per per) const { return length * PerUnit(per); }

 private:
  double PerUnit(Per per) const {
    return per == EPOCH ? static_cast<double>(steps_per_epoch) : 1;
  }
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_CORE_PROGRESS_H_
