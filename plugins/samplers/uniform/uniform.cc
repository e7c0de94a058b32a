#include "framework/core/option_checks.h"
#include "framework/core/sampler.h"
#include "plugins/samplers/uniform/uniform.pb.h"

namespace toque {
namespace {

struct Uniform : Sampler {
  explicit Uniform(const recipe::Uniform& options)
      : frames(options.frames()),
        ends(options.spread() == recipe::Uniform::ENDS && frames > 1) {}

  // Each frame stands for its part of the clip.
  std::optional<ClipLayout> Layout() const override {
    return ClipLayout{.views = 1, .segments = frames, .frames = 1};
  }

  absl::Status Sample(const Population& clip, Rng&,
                      std::vector<int64_t>* picks) const override {
    const int64_t n = clip.size;
    if (n < 1) return Invalid("a clip must have at least 1 frame", n);
    picks->clear();
    for (int64_t i = 0; i < frames; ++i) {
      const int64_t gaps = frames - 1;
      picks->push_back(ends ? (2 * i * (n - 1) + gaps) / (2 * gaps)
                            : (2 * i + 1) * n / (2 * frames));
    }
    return absl::OkStatus();
  }

  int64_t frames;
  bool ends;
};

Made<Sampler> MakeUniform(const recipe::Uniform& options) {
  RETURN_IF_ERROR(AtLeast("frames", options.frames(), 1));
  return std::make_unique<Uniform>(options);
}

TOQUE_PLUGIN(MakeUniform);

}  // namespace
}  // namespace toque
