// Layers that keep statistics of what they are given in training.

#ifndef TOQUE_FRAMEWORK_LAYERS_STATISTICS_H_
#define TOQUE_FRAMEWORK_LAYERS_STATISTICS_H_

#include <cstdint>

#include "framework/layers/block.h"

namespace toque {

// Moving averages normally; for a while, on demand, the plain average over a
// number of calls.
class StatisticsBlock : public Block {
 public:
  // Forgets the statistics; until EndAverage they are the average over all
  // calls in training, each with the same weight.
  void StartAverage();
  // Moving averages again, which go on from the average.
  void EndAverage() { averaged_ = kMoving; }

 protected:
  // The statistics as at the beginning.
  virtual void Forget() = 0;
  // Whether the call at hand changes the statistics: in training, and where it
  // is recomputed only the first time.
  bool Counts() const;
  // The weight of the new value for a call that counts: `momentum` where the
  // average moves.
  double ShareOfNew(double momentum);

 private:
  static constexpr int64_t kMoving = -1;
  int64_t averaged_ = kMoving;  // calls so far
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_LAYERS_STATISTICS_H_
