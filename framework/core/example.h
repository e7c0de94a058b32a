// One example on its way from a data set into a batch.

#ifndef TOQUE_FRAMEWORK_CORE_EXAMPLE_H_
#define TOQUE_FRAMEWORK_CORE_EXAMPLE_H_

#include <cstdint>
#include <vector>

#include "ATen/core/Tensor.h"
#include "absl/types/span.h"
#include "framework/core/context.h"
#include "framework/image/image.h"

namespace toque {

// The label of an example that losses and metrics leave out, as PyTorch's.
inline constexpr int64_t kIgnoredLabel = -100;

// Holds either images or values, and a target. Examples are recycled: each
// Read begins with what the last one left, so that memory is kept.
class Example {
 public:
  // Place in the data set; set by the loader before Read.
  int64_t index = 0;

  // images[view][frame]; one view of one frame for a plain picture. All empty
  // when the example holds values.
  std::vector<std::vector<Image>> images;
  // Any shape and type; undefined when the example holds images.
  at::Tensor values;

  // Gives it that many views; those that go are kept, with their memory, for
  // when they come back.
  void SetViews(size_t views);
  // Makes this an example of one image and returns that image.
  Image& SetImage();
  bool has_images() const { return !images.empty(); }
  // Makes this an example of float32 values of the given shape, not
  // initialised, and returns them.
  absl::Span<float> Values(at::IntArrayRef shape);
  absl::Span<float> Values(int64_t size) {
    return Values(at::IntArrayRef(size));
  }

  // The target is a class...
  void SetLabel(int64_t label);
  // ...or values, not initialised, that a batch holds as `type` (kFloat or
  // kLong).
  absl::Span<float> SetTarget(int64_t size,
                              at::ScalarType type = at::ScalarType::Float);
  TargetKind target_kind() const { return target_kind_; }
  int64_t label() const { return label_; }
  absl::Span<const float> target() const { return target_; }
  at::ScalarType target_type() const { return target_type_; }

 private:
  std::vector<std::vector<Image>> spare_;
  TargetKind target_kind_ = TargetKind::kLabel;
  int64_t label_ = 0;
  std::vector<float> target_;
  at::ScalarType target_type_ = at::ScalarType::Float;
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_CORE_EXAMPLE_H_
