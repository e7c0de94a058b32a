// Transforms change one example on its way into a batch.

#ifndef TOQUE_FRAMEWORK_CORE_TRANSFORM_H_
#define TOQUE_FRAMEWORK_CORE_TRANSFORM_H_

#include <string_view>

#include "framework/core/example.h"
#include "framework/core/registry.h"
#include "framework/core/rng.h"

namespace toque {

class Transform {
 public:
  static constexpr std::string_view kKind = "transform";
  virtual ~Transform() = default;

  // Changes the example in place. `rng` belongs to this example and to this
  // transform's position in the list. Called from several threads at once.
  virtual absl::Status Apply(Example& example, Rng& rng) const = 0;
};

// The error of a transform of images that meets an example of values.
absl::Status NeedsImages();

// A transform of images: draws once an example and changes each of its images
// alike, so that the frames of a clip stay aligned. All images of an example
// have one size; Draw sees the first.
template <typename Drawn>
class ImageTransform : public Transform {
 public:
  virtual Drawn Draw(const Image& image, Rng& rng) const = 0;
  virtual absl::Status Change(Image& image, Drawn drawn) const = 0;

  absl::Status Apply(Example& example, Rng& rng) const final {
    if (!example.has_images()) return NeedsImages();
    const Drawn drawn = Draw(example.images[0][0], rng);
    for (auto& view : example.images) {
      for (Image& image : view) RETURN_IF_ERROR(Change(image, drawn));
    }
    return absl::OkStatus();
  }
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_CORE_TRANSFORM_H_
