// Samplers pick from a population: the order of an epoch's examples, or the
// frames of a clip.

#ifndef TOQUE_FRAMEWORK_CORE_SAMPLER_H_
#define TOQUE_FRAMEWORK_CORE_SAMPLER_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "framework/core/registry.h"
#include "framework/core/rng.h"

namespace toque {

// What is picked from: members 0 .. size-1.
struct Population {
  int64_t size = 0;
  // The class of each member; empty where the sampler doesn't ask for them.
  absl::Span<const int64_t> labels = {};
};

// What the picks of a clip sampler are, in order: views x segments x frames.
struct ClipLayout {
  int64_t views = 1;
  int64_t segments = 1;
  int64_t frames = 1;
};

class Sampler {
 public:
  static constexpr std::string_view kKind = "sampler";
  virtual ~Sampler() = default;

  // Writes the picks, each in 0 .. population.size-1, over what `picks` held.
  // An error for a population that can't be picked from (an empty one).
  virtual absl::Status Sample(const Population& population, Rng& rng,
                              std::vector<int64_t>* picks) const = 0;
  // Whether Sample wants the labels of the population.
  virtual bool NeedsLabels() const { return false; }
  // Of a sampler of frames its layout; none for one that orders examples.
  virtual std::optional<ClipLayout> Layout() const { return std::nullopt; }
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_CORE_SAMPLER_H_
