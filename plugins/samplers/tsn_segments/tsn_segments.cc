#include <algorithm>

#include "framework/core/option_checks.h"
#include "framework/core/sampler.h"
#include "plugins/samplers/tsn_segments/tsn_segments.pb.h"

namespace toque {
namespace {

struct TsnSegments : Sampler {
  explicit TsnSegments(const recipe::TsnSegments& options)
      : segments(options.segments()),
        train(options.mode() == recipe::TsnSegments::TRAIN),
        proportional(options.spread() == recipe::TsnSegments::PROPORTIONAL) {}

  std::optional<ClipLayout> Layout() const override {
    return ClipLayout{.views = 1, .segments = segments, .frames = 1};
  }

  absl::Status Sample(const Population& clip, Rng& rng,
                      std::vector<int64_t>* picks) const override {
    if (clip.size < 1) {
      return Invalid("a clip must have at least 1 frame", clip.size);
    }
    picks->resize(static_cast<size_t>(segments));
    for (int64_t i = 0; i < segments; ++i) {
      (*picks)[static_cast<size_t>(i)] = clip.size >= segments
                                             ? PickOfSegment(i, clip.size, rng)
                                             : PickOfFew(i, clip.size, rng);
    }
    std::sort(picks->begin(), picks->end());
    return absl::OkStatus();
  }

  int64_t PickOfSegment(int64_t i, int64_t frames, Rng& rng) const {
    const int64_t begin = Begin(i, frames);
    const int64_t length = Begin(i + 1, frames) - begin;
    return begin + (train ? rng.Below(length) : length / 2);
  }

  int64_t Begin(int64_t i, int64_t frames) const {
    return proportional ? i * frames / segments : i * (frames / segments);
  }

  // Every frame once, and then repeats.
  int64_t PickOfFew(int64_t i, int64_t frames, Rng& rng) const {
    return train && i >= frames ? rng.Below(frames) : i % frames;
  }

  int64_t segments;
  bool train;
  bool proportional;
};

Made<Sampler> MakeTsnSegments(const recipe::TsnSegments& options) {
  RETURN_IF_ERROR(AtLeast("segments", options.segments(), 1));
  return std::make_unique<TsnSegments>(options);
}

TOQUE_PLUGIN(MakeTsnSegments);

}  // namespace
}  // namespace toque
