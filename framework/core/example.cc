#include "framework/core/example.h"

#include <utility>

#include "ATen/ops/empty.h"

namespace toque {

void Example::SetViews(size_t views) {
  while (images.size() > views) {
    spare_.push_back(std::move(images.back()));
    images.pop_back();
  }
  while (images.size() < views) {
    if (spare_.empty()) spare_.emplace_back();
    images.push_back(std::move(spare_.back()));
    spare_.pop_back();
  }
}

Image& Example::SetImage() {
  SetViews(1);
  images[0].resize(1);
  values.reset();
  return images[0][0];
}

absl::Span<float> Example::Values(at::IntArrayRef shape) {
  SetViews(0);
  const bool fits = values.defined() && values.sizes() == shape &&
                    values.scalar_type() == at::kFloat &&
                    values.is_contiguous() && values.use_count() == 1;
  if (!fits) values = at::empty(shape, at::kFloat);
  return absl::MakeSpan(values.mutable_data_ptr<float>(),
                        static_cast<size_t>(values.numel()));
}

void Example::SetLabel(int64_t label) {
  target_kind_ = TargetKind::kLabel;
  label_ = label;
}

absl::Span<float> Example::SetTarget(int64_t size, at::ScalarType type) {
  target_kind_ = TargetKind::kValues;
  target_type_ = type;
  target_.resize(static_cast<size_t>(size));
  return absl::MakeSpan(target_);
}

}  // namespace toque
