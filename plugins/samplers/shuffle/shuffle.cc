#include <numeric>

#include "framework/core/sampler.h"
#include "plugins/samplers/shuffle/shuffle.pb.h"

namespace toque {
namespace {

struct Shuffle : Sampler {
  absl::Status Sample(const Population& population, Rng& rng,
                      std::vector<int64_t>* picks) const override {
    if (population.size < 1) {
      return Invalid("the population must not be empty", population.size);
    }
    picks->resize(static_cast<size_t>(population.size));
    std::iota(picks->begin(), picks->end(), 0);
    rng.Shuffle(*picks);
    return absl::OkStatus();
  }
};

Made<Sampler> MakeShuffle(const recipe::Shuffle&) {
  return std::make_unique<Shuffle>();
}

TOQUE_PLUGIN(MakeShuffle);

}  // namespace
}  // namespace toque
