#include "framework/inference/fold_norms.h"

#include <algorithm>
#include <map>
#include <utility>

#include "c10/core/GradMode.h"
#include "framework/core/model.h"
#include "framework/layers/channel_map.h"

namespace toque {
namespace {

// Of the greatest output; sums of thousands of products differ by less.
double ToleranceOf(at::ScalarType type) {
  return type == at::kFloat || type == at::kDouble ? 1e-3 : 0.1;
}

// Finds norms that are given what a convolution has made just before.
class PairFinder : public Observer {
 public:
  explicit PairFinder(const std::vector<std::string>& kept) : kept_(kept) {}

  void Called(std::string_view path, const Block& block,
              const at::Tensor& input, const at::Tensor& output) override {
    ++calls_[&block];
    if (dynamic_cast<const TakesChannelMap*>(&block) != nullptr) {
      last_ = &block;
      output_ = output;
    }
    // A part around the convolution, or one that does nothing, gives the same.
    const bool kept = std::ranges::find(kept_, path) != kept_.end();
    if (kept && output.is_same(output_)) last_ = nullptr;
    const auto* norm = dynamic_cast<const GivesChannelMap*>(&block);
    if (norm != nullptr && norm->HasChannelMap() && last_ != nullptr &&
        input.is_same(output_)) {
      pairs_.emplace_back(std::exchange(last_, nullptr), &block);
    }
  }

  // Those whose layers are called once: a shared layer has several neighbours.
  std::vector<std::pair<const Block*, const Block*>> Pairs() const {
    auto pairs = pairs_;
    std::erase_if(pairs, [this](const auto& pair) {
      return calls_.at(pair.first) != 1 || calls_.at(pair.second) != 1;
    });
    return pairs;
  }

 private:
  const std::vector<std::string>& kept_;
  std::map<const Block*, int> calls_;
  const Block* last_ = nullptr;
  at::Tensor output_;  // of last_; held, so that no other takes its place
  std::vector<std::pair<const Block*, const Block*>> pairs_;
};

// The model's own layers, which an observer sees as const.
template <typename Layer>
Layer& Own(const Model& model, const Block* block) {
  for (const auto& part : model.modules()) {
    if (part.get() == block) return dynamic_cast<Layer&>(*part);
  }
  TORCH_CHECK(false, "the layer is registered in no model");
}

void CheckEqual(const at::Tensor& before, const at::Tensor& after) {
  const double greatest = before.abs().max().item<double>();
  const double difference = (after - before).abs().max().item<double>();
  TORCH_CHECK(difference <= ToleranceOf(before.scalar_type()) * greatest,
              "outputs must stay the same when batch norms are folded into "
              "convolutions, got a difference of ",
              difference, " in outputs of up to ", greatest);
}

}  // namespace

int64_t FoldNorms(Model& model, const at::Tensor& example,
                  const std::vector<std::string>& kept) {
  TORCH_CHECK(!model.is_training(), "the model must be in evaluation mode");
  const c10::AutoGradMode no_gradients(false);
  PairFinder finder(kept);
  at::Tensor before;
  {
    const ObserverScope scope(&finder);
    before = model(example);
  }
  const auto pairs = finder.Pairs();
  for (const auto& [convolution, norm] : pairs) {
    Own<TakesChannelMap>(model, convolution)
        .TakeChannelMap(Own<GivesChannelMap>(model, norm).GiveChannelMap());
  }
  CheckEqual(before, model(example));
  return static_cast<int64_t>(pairs.size());
}

}  // namespace toque
