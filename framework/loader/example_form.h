// What all examples of a loader have in common.

#ifndef TOQUE_FRAMEWORK_LOADER_EXAMPLE_FORM_H_
#define TOQUE_FRAMEWORK_LOADER_EXAMPLE_FORM_H_

#include <cstdint>
#include <string>
#include <vector>

#include "ATen/core/Tensor.h"
#include "framework/core/example.h"

namespace toque {

struct ExampleForm {
  std::vector<int64_t> shape;  // of one view
  at::ScalarType type = at::kFloat;
  int64_t views = 1;
  TargetKind target_kind = TargetKind::kLabel;
  int64_t target_size = 1;
  at::ScalarType target_type = at::kLong;

  // Of images alone; `shape` is [C, H, W], or [T, C, H, W] of several frames.
  bool images = false;
  PixelForm pixels;
  // Of images as bytes: what normalises them. Float [C].
  at::Tensor scale;
  at::Tensor shift;

  // Images are written as `pixels` says.
  static ExampleForm Of(const Example& example, PixelForm pixels);
  // Whether an example's images have this form, their normalisation apart.
  bool FitsImages(const Example& example) const;
  // An error for a normalisation other than this form's.
  absl::Status CheckNormalisation(const Image& image) const;
  std::string ToString() const;
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_LOADER_EXAMPLE_FORM_H_
