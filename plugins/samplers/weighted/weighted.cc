#include <algorithm>
#include <limits>

#include "framework/core/option_checks.h"
#include "framework/core/sampler.h"
#include "plugins/samplers/weighted/weighted.pb.h"

namespace toque {
namespace {

struct Weighted : Sampler {
  explicit Weighted(const recipe::Weighted& options) : options(options) {}

  bool NeedsLabels() const override { return true; }

  absl::Status Sample(const Population& population, Rng& rng,
                      std::vector<int64_t>* picks) const override {
    if (population.size < 1) {
      return Invalid("the population must not be empty", population.size);
    }
    ASSIGN_OR_RETURN(const auto members, MembersOfClasses(population));
    ASSIGN_OR_RETURN(const auto bounds, Bounds(members));
    picks->resize(static_cast<size_t>(
        options.has_examples() ? options.examples() : population.size));
    for (int64_t& pick : *picks) {
      const auto bound = std::upper_bound(bounds.begin(), bounds.end(),
                                          rng.Uniform() * bounds.back());
      // Rounding may reach the last bound, so the search ends before it.
      const auto drawn = std::min(bound, bounds.end() - 1) - bounds.begin();
      const auto& chosen = members[static_cast<size_t>(drawn)];
      const int64_t size = static_cast<int64_t>(chosen.size());
      pick = chosen[static_cast<size_t>(rng.Below(size))];
    }
    return absl::OkStatus();
  }

  using Members = std::vector<std::vector<int64_t>>;

  // The examples of each class.
  absl::StatusOr<Members> MembersOfClasses(const Population& population) const {
    if (static_cast<int64_t>(population.labels.size()) != population.size) {
      return Invalid(
          absl::StrCat(population.size, " examples must have as many labels"),
          population.labels.size());
    }
    Members members;
    for (size_t i = 0; i < population.labels.size(); ++i) {
      const int64_t label = population.labels[i];
      const int64_t classes = options.weight_size();
      if (label < 0 || (classes > 0 && label >= classes)) {
        return Invalid(absl::StrCat("each label must have one of the ", classes,
                                    " weights"),
                       label);
      }
      const auto c = static_cast<size_t>(label);
      if (c >= members.size()) members.resize(c + 1);
      members[c].push_back(static_cast<int64_t>(i));
    }
    return members;
  }

  // Sums of the weights of the classes up to each; a class without examples
  // weighs nothing.
  absl::StatusOr<std::vector<double>> Bounds(const Members& members) const {
    std::vector<double> bounds;
    double sum = 0;
    for (size_t c = 0; c < members.size(); ++c) {
      const double weight =
          options.weight().empty() ? 1 : options.weight(static_cast<int>(c));
      if (!members[c].empty()) sum += weight;
      bounds.push_back(sum);
    }
    if (sum > 0) return bounds;
    return Invalid("a class that has examples must weigh more than 0", sum);
  }

  recipe::Weighted options;
};

Made<Sampler> MakeWeighted(const recipe::Weighted& options) {
  for (const double weight : options.weight()) {
    constexpr double kMost = std::numeric_limits<float>::max();
    RETURN_IF_ERROR(Between("weight", weight, 0, kMost));
  }
  if (options.has_examples()) {
    RETURN_IF_ERROR(AtLeast("examples", options.examples(), 1));
  }
  return std::make_unique<Weighted>(options);
}

TOQUE_PLUGIN(MakeWeighted);

}  // namespace
}  // namespace toque
