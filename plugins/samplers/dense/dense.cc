#include <algorithm>

#include "framework/core/option_checks.h"
#include "framework/core/sampler.h"
#include "plugins/samplers/dense/dense.pb.h"

namespace toque {
namespace {

struct Dense : Sampler {
  explicit Dense(const recipe::Dense& options)
      : frames(options.frames()),
        stride(options.stride()),
        views(options.views()),
        train(options.mode() == recipe::Dense::TRAIN) {}

  std::optional<ClipLayout> Layout() const override {
    return ClipLayout{.views = views, .segments = 1, .frames = frames};
  }

  absl::Status Sample(const Population& clip, Rng& rng,
                      std::vector<int64_t>* picks) const override {
    if (clip.size < 1) {
      return Invalid("a clip must have at least 1 frame", clip.size);
    }
    const int64_t places =
        std::max<int64_t>(1, clip.size - (frames - 1) * stride);
    picks->clear();
    for (int64_t view = 0; view < views; ++view) {
      const int64_t first =
          train ? rng.Below(places) : (2 * view + 1) * places / (2 * views);
      for (int64_t frame = 0; frame < frames; ++frame) {
        picks->push_back(std::min(first + frame * stride, clip.size - 1));
      }
    }
    return absl::OkStatus();
  }

  int64_t frames;
  int64_t stride;
  int64_t views;
  bool train;
};

Made<Sampler> MakeDense(const recipe::Dense& options) {
  RETURN_IF_ERROR(Together({AtLeast("frames", options.frames(), 1),
                            AtLeast("stride", options.stride(), 1),
                            AtLeast("views", options.views(), 1)}));
  if (options.mode() == recipe::Dense::TRAIN && options.views() > 1) {
    return Invalid("views must be 1 for TRAIN", options.views());
  }
  return std::make_unique<Dense>(options);
}

TOQUE_PLUGIN(MakeDense);

}  // namespace
}  // namespace toque
