#include "framework/layers/recurrent.h"

#include <cmath>
#include <string>
#include <tuple>
#include <utility>

#include "ATen/ops/gru.h"
#include "ATen/ops/lstm.h"
#include "ATen/ops/zeros.h"
#include "absl/strings/str_cat.h"
#include "framework/core/check_shape.h"
#include "framework/layers/details.h"

namespace toque {
namespace {

// One layer in one direction has weight_ih, weight_hh, bias_ih and bias_hh, all
// gates one below the other in their rows.
class RecurrentLayer : public Recurrent {
 public:
  RecurrentLayer(std::string name, int64_t gates,
                 const RecurrentOptions& options)
      : options_(options), name_(std::move(name)) {
    for (int64_t layer = 0; layer < options.layers; ++layer) {
      const int64_t in =
          layer == 0 ? options.in : options.hidden * Directions();
      AddWeights(gates, in, absl::StrCat("_l", layer));
      if (Directions() == 1) continue;
      AddWeights(gates, in, absl::StrCat("_l", layer, "_reverse"));
    }
  }

  at::Tensor Forward(const at::Tensor& input) override {
    CHECK_SHAPE(input, {kAny, kAny, options_.in});
    if (options_.start == RecurrentOptions::Start::kZeros) ResetState();
    return Advance(input);
  }

  int64_t Macs(const at::Tensor& input, const at::Tensor&) const override {
    int64_t of_a_step = 0;
    for (const at::Tensor& weight : weights_) {
      if (weight.dim() == 2) of_a_step += weight.numel();
    }
    return input.size(0) * input.size(1) * of_a_step;
  }
  std::string Describe() const override {
    return absl::StrCat(name_, "(", options_.in, ", ", options_.hidden, ")");
  }

 protected:
  // The output; begins at state_ and leaves the last state there.
  virtual at::Tensor Advance(const at::Tensor& input) = 0;

  int64_t Directions() const {
    return options_.direction == RecurrentOptions::Direction::kBoth ? 2 : 1;
  }

  at::Tensor Zeros(const at::Tensor& input) const {
    return at::zeros(
        {options_.layers * Directions(), input.size(0), options_.hidden},
        input.options());
  }

  RecurrentOptions options_;
  std::vector<at::Tensor> weights_;  // in LibTorch's order

 private:
  void AddWeights(int64_t gates, int64_t in, const std::string& suffix) {
    const int64_t hidden = options_.hidden;
    const int64_t rows = gates * hidden;
    AddWeight("weight_ih" + suffix, {rows, in});
    AddWeight("weight_hh" + suffix, {rows, hidden});
    AddWeight("bias_ih" + suffix, rows);
    AddWeight("bias_hh" + suffix, rows);
  }

  void AddWeight(const std::string& name, at::IntArrayRef shape) {
    const double bound = 1 / std::sqrt(static_cast<double>(options_.hidden));
    weights_.push_back(register_parameter(name, Uniform(shape, bound)));
  }

  std::string name_;
};

struct LstmLayer : RecurrentLayer {
  explicit LstmLayer(const RecurrentOptions& options)
      : RecurrentLayer("Lstm", 4, options) {}

  at::Tensor Advance(const at::Tensor& input) override {
    if (state_.empty()) state_ = {Zeros(input), Zeros(input)};
    auto [output, h, c] =
        at::lstm(input, state_, weights_, /*has_biases=*/true, options_.layers,
                 options_.dropout, is_training(), Directions() == 2,
                 /*batch_first=*/true);
    state_ = {std::move(h), std::move(c)};
    return output;
  }
};

struct GruLayer : RecurrentLayer {
  explicit GruLayer(const RecurrentOptions& options)
      : RecurrentLayer("Gru", 3, options) {}

  at::Tensor Advance(const at::Tensor& input) override {
    if (state_.empty()) state_ = {Zeros(input)};
    auto [output, h] = at::gru(input, state_[0], weights_, /*has_biases=*/true,
                               options_.layers, options_.dropout, is_training(),
                               Directions() == 2, /*batch_first=*/true);
    state_ = {std::move(h)};
    return output;
  }
};

}  // namespace

void Recurrent::DetachState() {
  for (at::Tensor& part : state_) part = part.detach();
}

std::shared_ptr<Recurrent> Lstm(const RecurrentOptions& options) {
  return std::make_shared<LstmLayer>(options);
}

std::shared_ptr<Recurrent> Gru(const RecurrentOptions& options) {
  return std::make_shared<GruLayer>(options);
}

}  // namespace toque
