// Recurrent layers: [N, T, in] to [N, T, hidden], twice as wide where they run
// in both directions.

#ifndef TOQUE_FRAMEWORK_LAYERS_RECURRENT_H_
#define TOQUE_FRAMEWORK_LAYERS_RECURRENT_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "framework/layers/block.h"
#include "framework/layers/recompute.h"

namespace toque {

struct RecurrentOptions {
  int64_t in = 1;
  int64_t hidden = 1;
  int64_t layers = 1;
  double dropout = 0;  // between layers, in training
  enum class Direction { kForward, kBoth } direction = Direction::kForward;
  // What a call begins with: zeros, or where the last call ended.
  enum class Start { kZeros, kLastState } start = Start::kZeros;
};

class Recurrent : public Block, public CarriesState {
 public:
  // For a model's own ResetState and DetachState; matters to kLastState alone.
  void ResetState() { state_.clear(); }
  void DetachState();
  std::vector<at::Tensor>& Carried() override { return state_; }

 protected:
  // h, and c of an LSTM, each [layers * directions, N, hidden]; empty: zeros.
  std::vector<at::Tensor> state_;
};

std::shared_ptr<Recurrent> Lstm(const RecurrentOptions& options);
std::shared_ptr<Recurrent> Gru(const RecurrentOptions& options);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_LAYERS_RECURRENT_H_
