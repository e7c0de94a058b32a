#include <numeric>

#include "framework/core/sampler.h"
#include "plugins/samplers/sequential/sequential.pb.h"

namespace toque {
namespace {

struct Sequential : Sampler {
  absl::Status Sample(const Population& population, Rng&,
                      std::vector<int64_t>* picks) const override {
    if (population.size < 1) {
      return Invalid("the population must not be empty", population.size);
    }
    picks->resize(static_cast<size_t>(population.size));
    std::iota(picks->begin(), picks->end(), 0);
    return absl::OkStatus();
  }
};

Made<Sampler> MakeSequential(const recipe::Sequential&) {
  return std::make_unique<Sequential>();
}

TOQUE_PLUGIN(MakeSequential);

}  // namespace
}  // namespace toque
