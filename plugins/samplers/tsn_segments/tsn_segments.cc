#include <algorithm>

#include "framework/core/option_checks.h"
#include "framework/core/sampler.h"
#include "plugins/samplers/tsn_segments/tsn_segments.pb.h"

namespace toque {
namespace {

struct TsnSegments : Sampler {
  explicit TsnSegments(const recipe::TsnSegments& options)
      : layout{.views = options.views(),
               .segments = options.segments(),
               .frames = options.frames()},
        stride(options.stride()),
        train(options.mode() == recipe::TsnSegments::TRAIN),
        proportional(options.spread() == recipe::TsnSegments::PROPORTIONAL) {}

  std::optional<ClipLayout> Layout() const override { return layout; }

  absl::Status Sample(const Population& clip, Rng& rng,
                      std::vector<int64_t>* picks) const override {
    if (clip.size < 1) {
      return Invalid("a clip must have at least 1 frame", clip.size);
    }
    const int64_t places =
        std::max<int64_t>(1, clip.size - (layout.frames - 1) * stride);
    picks->clear();
    for (int64_t view = 0; view < layout.views; ++view) {
      for (const int64_t first : Firsts(view, places, rng)) {
        for (int64_t frame = 0; frame < layout.frames; ++frame) {
          picks->push_back(std::min(first + frame * stride, clip.size - 1));
        }
      }
    }
    return absl::OkStatus();
  }

  // Where the stretches of a view begin, in order.
  std::vector<int64_t> Firsts(int64_t view, int64_t places, Rng& rng) const {
    std::vector<int64_t> firsts;
    for (int64_t i = 0; i < layout.segments; ++i) {
      firsts.push_back(places >= layout.segments
                           ? FirstOfSegment(i, view, places, rng)
                           : FirstOfFew(i, places, rng));
    }
    std::sort(firsts.begin(), firsts.end());
    return firsts;
  }

  int64_t FirstOfSegment(int64_t i, int64_t view, int64_t places,
                         Rng& rng) const {
    const int64_t begin = Begin(i, places);
    const int64_t length = Begin(i + 1, places) - begin;
    return begin + (train ? rng.Below(length)
                          : (2 * view + 1) * length / (2 * layout.views));
  }

  int64_t Begin(int64_t i, int64_t places) const {
    return proportional ? i * places / layout.segments
                        : i * (places / layout.segments);
  }

  // Every place once, and then repeats.
  int64_t FirstOfFew(int64_t i, int64_t places, Rng& rng) const {
    return train && i >= places ? rng.Below(places) : i % places;
  }

  ClipLayout layout;
  int64_t stride;
  bool train;
  bool proportional;
};

Made<Sampler> MakeTsnSegments(const recipe::TsnSegments& options) {
  RETURN_IF_ERROR(Together({AtLeast("segments", options.segments(), 1),
                            AtLeast("frames", options.frames(), 1),
                            AtLeast("stride", options.stride(), 1),
                            AtLeast("views", options.views(), 1)}));
  if (options.mode() == recipe::TsnSegments::TRAIN && options.views() > 1) {
    return Invalid("views must be 1 for TRAIN", options.views());
  }
  return std::make_unique<TsnSegments>(options);
}

TOQUE_PLUGIN(MakeTsnSegments);

}  // namespace
}  // namespace toque
