#include <algorithm>
#include <cmath>
#include <utility>

#include "framework/core/loss.h"
#include "plugins/losses/weighted_sum/weighted_sum.pb.h"

namespace toque {
namespace {

struct Term {
  double weight;
  std::string plugin;
  std::unique_ptr<Loss> loss;
};

std::string PlaceOf(size_t term) {
  return absl::StrCat("term[", term, "].loss");
}

class WeightedSum : public Loss {
 public:
  explicit WeightedSum(std::vector<Term> terms) : terms_(std::move(terms)) {}

  absl::Status Open(const Context& context) override {
    for (size_t i = 0; i < terms_.size(); ++i) {
      const Context place = context.At(PlaceOf(i));
      RETURN_IF_ERROR(
          AtPlugin(terms_[i].loss->Open(place), place, terms_[i].plugin));
    }
    return absl::OkStatus();
  }

  at::Tensor Compute(const Prediction& prediction,
                     const Batch& batch) override {
    at::Tensor sum;
    for (const Term& term : terms_) {
      at::Tensor value = term.loss->Compute(prediction, batch);
      if (term.weight != 1) value = value.mul(term.weight);
      sum = sum.defined() ? sum.add(value) : value;
    }
    return sum;
  }

  bool TakesSoftTarget() const override {
    return std::all_of(terms_.begin(), terms_.end(), [](const Term& term) {
      return term.loss->TakesSoftTarget();
    });
  }

  // Those of the terms, as "term0.centers".
  NamedTensors Parameters() override {
    NamedTensors all;
    for (size_t i = 0; i < terms_.size(); ++i) {
      for (auto& [name, parameter] : terms_[i].loss->Parameters()) {
        all.emplace_back(absl::StrCat("term", i, ".", name), parameter);
      }
    }
    return all;
  }

  // Those of the terms, each once.
  std::vector<std::string> Taps() const override {
    std::vector<std::string> all;
    for (const Term& term : terms_) {
      for (const std::string& tap : term.loss->Taps()) {
        const bool known = std::find(all.begin(), all.end(), tap) != all.end();
        if (!known) all.push_back(tap);
      }
    }
    return all;
  }

 private:
  std::vector<Term> terms_;
};

Made<Loss> MakeWeightedSum(const recipe::WeightedSum& options,
                           const Context& context) {
  if (options.term().empty()) return Invalid("needs at least one term");
  std::vector<Term> terms;
  for (const auto& term : options.term()) {
    if (!std::isfinite(term.weight())) {
      return Invalid(
          absl::StrCat("term[", terms.size(), "].weight must be finite"),
          term.weight());
    }
    ASSIGN_OR_RETURN(
        auto loss, Build<Loss>(term.loss(), context.At(PlaceOf(terms.size()))));
    terms.push_back(
        {term.weight(), std::string(PluginName(term.loss())), std::move(loss)});
  }
  return std::make_unique<WeightedSum>(std::move(terms));
}

TOQUE_PLUGIN(MakeWeightedSum);

}  // namespace
}  // namespace toque
