#include "framework/core/sampler.h"
#include "framework/testing/tiny_clip_sampler.pb.h"

namespace toque {
namespace {

struct Tiny : Sampler {
  explicit Tiny(const TinyClipSampler& options) : options(options) {}

  std::optional<ClipLayout> Layout() const override {
    if (options.orders_examples()) return std::nullopt;
    return ClipLayout{.views = options.views(),
                      .segments = options.segments(),
                      .frames = options.frames()};
  }

  absl::Status Sample(const Population& clip, Rng& rng,
                      std::vector<int64_t>* picks) const override {
    picks->assign(options.pick().begin(), options.pick().end());
    if (!picks->empty()) return absl::OkStatus();
    RETURN_IF_ERROR(AtLeast("frames of a clip", clip.size, 1));
    const int64_t count =
        options.views() * options.segments() * options.frames();
    for (int64_t i = 0; i < count; ++i) {
      picks->push_back(options.random() ? rng.Below(clip.size)
                                        : i * clip.size / count);
    }
    return absl::OkStatus();
  }

  const TinyClipSampler options;
};

Made<Sampler> MakeTinyClipSampler(const TinyClipSampler& options) {
  return std::make_unique<Tiny>(options);
}

TOQUE_PLUGIN(MakeTinyClipSampler);

}  // namespace
}  // namespace toque
