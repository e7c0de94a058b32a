#include "framework/core/example.h"

#include "ATen/ops/empty.h"

namespace toque {

Image& Example::SetImage() {
  images.resize(1);
  images[0].resize(1);
  values.reset();
  return images[0][0];
}

absl::Span<float> Example::Values(at::IntArrayRef shape) {
  images.clear();
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
