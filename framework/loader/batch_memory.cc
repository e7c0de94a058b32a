#include "framework/loader/batch_memory.h"

#include <algorithm>
#include <cstring>

#include "ATen/ops/empty.h"
#include "ATen/ops/empty_strided.h"

namespace toque {
namespace {

bool HeldElsewhere(const at::Tensor& tensor) {
  return tensor.use_count() > 1 || tensor.storage().use_count() > 1;
}

absl::Status CheckLabel(int64_t label, int64_t limit) {
  const bool in_range = label >= 0 && (limit == 0 || label < limit);
  if (in_range || label == kIgnoredLabel) return absl::OkStatus();
  return Invalid(absl::StrCat("the label must be in 0 .. ", limit - 1,
                              ", as the model has that many outputs"),
                 label);
}

// [..., C, H, W] whose pixels lie as [..., H, W, C]. Not a view, whose memory
// would count as held by its base.
at::Tensor EmptyInterleaved(const std::vector<int64_t>& shape,
                            const at::TensorOptions& options) {
  std::vector<int64_t> strides(shape.size());
  const size_t c = shape.size() - 3, h = c + 1, w = c + 2;
  strides[c] = 1;
  strides[w] = shape[c];
  strides[h] = shape[w] * strides[w];
  int64_t stride = shape[h] * strides[h];
  for (size_t i = c; i-- > 0; stride *= shape[i]) strides[i] = stride;
  return at::empty_strided(shape, strides, options);
}

}  // namespace

BatchMemory::BatchMemory(const ExampleForm& form, int64_t size, bool pinned)
    : form_(form),
      size_(size),
      pinned_(pinned),
      left_out_(static_cast<size_t>(size)) {
  batch_.index.resize(static_cast<size_t>(size));
  batch_.views = form.views;
  batch_.scale = form.scale;
  batch_.shift = form.shift;
  Allocate();
}

bool BatchMemory::Renew() {
  batch_.index.resize(static_cast<size_t>(size_));
  std::fill(left_out_.begin(), left_out_.end(), uint8_t{0});
  if (!HeldElsewhere(batch_.input) && !HeldElsewhere(batch_.target)) {
    return false;
  }
  Allocate();
  return true;
}

void BatchMemory::Allocate() {
  std::vector<int64_t> shape = {size_ * form_.views};
  shape.insert(shape.end(), form_.shape.begin(), form_.shape.end());
  const auto options = at::TensorOptions().pinned_memory(pinned_);
  batch_.input = form_.images && form_.pixels.interleaved
                     ? EmptyInterleaved(shape, options.dtype(form_.type))
                     : at::empty(shape, options.dtype(form_.type));
  input_ = static_cast<std::byte*>(batch_.input.mutable_data_ptr());
  row_bytes_ = batch_.input.nbytes() / static_cast<size_t>(size_);
  if (form_.images) {
    const int64_t frames = form_.shape.size() == 4 ? form_.shape[0] : 1;
    image_bytes_ = row_bytes_ / static_cast<size_t>(form_.views * frames);
  }
  if (form_.target_kind == TargetKind::kLabel) {
    batch_.target = at::empty({size_}, options.dtype(at::kLong));
  } else {
    batch_.target =
        at::empty({size_, form_.target_size}, options.dtype(form_.target_type));
  }
  target_ = static_cast<std::byte*>(batch_.target.mutable_data_ptr());
  target_bytes_ = batch_.target.nbytes() / static_cast<size_t>(size_);
}

absl::Status BatchMemory::Unlike(const Example& example) const {
  return Invalid(absl::StrCat("must be ", form_.ToString(), " as others"),
                 ExampleForm::Of(example, form_.pixels).ToString());
}

absl::Status BatchMemory::Write(int64_t row, const Example& example,
                                int64_t label_limit) {
  RETURN_IF_ERROR(WriteInput(row, example));
  return WriteTarget(row, example, label_limit);
}

absl::Status BatchMemory::WriteInput(int64_t row, const Example& example) {
  std::byte* out = input_ + static_cast<size_t>(row) * row_bytes_;
  if (!example.has_images()) {
    const at::Tensor values = example.values.contiguous();
    if (form_.images || values.sizes() != form_.shape ||
        values.scalar_type() != form_.type) {
      return Unlike(example);
    }
    std::memcpy(out, values.const_data_ptr(), row_bytes_);
    return absl::OkStatus();
  }
  if (!form_.FitsImages(example)) return Unlike(example);
  for (const auto& view : example.images) {
    for (const Image& image : view) {
      if (form_.scale.defined()) {
        RETURN_IF_ERROR(form_.CheckNormalisation(image));
      }
      RETURN_IF_ERROR(image.Write(out, form_.pixels));
      out += image_bytes_;
    }
  }
  return absl::OkStatus();
}

absl::Status BatchMemory::WriteTarget(int64_t row, const Example& example,
                                      int64_t label_limit) {
  if (example.target_kind() != form_.target_kind) return Unlike(example);
  if (form_.target_kind == TargetKind::kLabel) {
    reinterpret_cast<int64_t*>(target_)[row] = example.label();
    return CheckLabel(example.label(), label_limit);
  }
  const absl::Span<const float> values = example.target();
  if (static_cast<int64_t>(values.size()) != form_.target_size) {
    return Invalid(
        absl::StrCat("the target must have ", form_.target_size, " values"),
        values.size());
  }
  const int64_t first = row * form_.target_size;
  if (form_.target_type == at::kLong) {
    for (const float value : values) {
      RETURN_IF_ERROR(CheckLabel(static_cast<int64_t>(value), label_limit));
    }
    std::copy(values.begin(), values.end(),
              reinterpret_cast<int64_t*>(target_) + first);
  } else {
    std::copy(values.begin(), values.end(),
              reinterpret_cast<float*>(target_) + first);
  }
  return absl::OkStatus();
}

int64_t BatchMemory::Close() {
  int64_t kept = 0;
  for (int64_t row = 0; row < size_; ++row) {
    if (left_out_[static_cast<size_t>(row)] == 1) continue;
    if (kept != row) Move(row, kept);
    ++kept;
  }
  batch_.index.resize(static_cast<size_t>(kept));
  return kept;
}

void BatchMemory::Move(int64_t from, int64_t to) {
  const auto source = static_cast<size_t>(from);
  const auto target = static_cast<size_t>(to);
  batch_.index[target] = batch_.index[source];
  std::memcpy(input_ + target * row_bytes_, input_ + source * row_bytes_,
              row_bytes_);
  std::memcpy(target_ + target * target_bytes_,
              target_ + source * target_bytes_, target_bytes_);
}

void BatchMemory::Lend(Batch* batch) const {
  *batch = batch_;
  const int64_t kept = batch_.size();
  if (kept == size_) return;
  batch->input = batch_.input.narrow(0, 0, kept * form_.views);
  batch->target = batch_.target.narrow(0, 0, kept);
}

}  // namespace toque
