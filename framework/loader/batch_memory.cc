#include "framework/loader/batch_memory.h"

#include <algorithm>
#include <cstring>

#include "ATen/ops/empty.h"
#include "absl/strings/str_join.h"

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

}  // namespace

ExampleForm ExampleForm::Of(const Example& example) {
  ExampleForm form;
  if (example.has_images()) {
    const auto& frames = example.images[0];
    form.views = static_cast<int64_t>(example.images.size());
    if (frames.size() > 1) {
      form.shape.push_back(static_cast<int64_t>(frames.size()));
    }
    for (const int64_t size :
         {frames[0].channels(), frames[0].height(), frames[0].width()}) {
      form.shape.push_back(size);
    }
  } else {
    form.shape = example.values.sizes().vec();
    form.type = example.values.scalar_type();
  }
  form.target_kind = example.target_kind();
  if (form.target_kind == TargetKind::kValues) {
    form.target_size = static_cast<int64_t>(example.target().size());
    form.target_type = example.target_type();
  }
  return form;
}

std::string ExampleForm::ToString() const {
  std::string text = absl::StrCat("[", absl::StrJoin(shape, ", "), "] of ",
                                  c10::toString(type));
  if (views > 1) absl::StrAppend(&text, " in ", views, " views");
  absl::StrAppend(&text, target_kind == TargetKind::kLabel
                             ? " with a label"
                             : absl::StrCat(" with ", target_size, " values"));
  return text;
}

BatchMemory::BatchMemory(const ExampleForm& form, int64_t size, bool pinned)
    : form_(form), pinned_(pinned) {
  batch_.index.resize(static_cast<size_t>(size));
  batch_.views = form.views;
  Allocate();
}

bool BatchMemory::Renew() {
  if (!HeldElsewhere(batch_.input) && !HeldElsewhere(batch_.target)) {
    return false;
  }
  Allocate();
  return true;
}

void BatchMemory::Allocate() {
  std::vector<int64_t> shape = {size() * form_.views};
  shape.insert(shape.end(), form_.shape.begin(), form_.shape.end());
  const auto options = at::TensorOptions().pinned_memory(pinned_);
  batch_.input = at::empty(shape, options.dtype(form_.type));
  input_ = static_cast<std::byte*>(batch_.input.mutable_data_ptr());
  row_bytes_ = batch_.input.nbytes() / static_cast<size_t>(size());
  if (form_.target_kind == TargetKind::kLabel) {
    batch_.target = at::empty({size()}, options.dtype(at::kLong));
  } else {
    batch_.target = at::empty({size(), form_.target_size},
                              options.dtype(form_.target_type));
  }
  target_ = static_cast<std::byte*>(batch_.target.mutable_data_ptr());
}

absl::Status BatchMemory::Write(int64_t row, const Example& example,
                                int64_t label_limit) {
  std::byte* out = input_ + static_cast<size_t>(row) * row_bytes_;
  if (example.has_images()) {
    auto* values = reinterpret_cast<float*>(out);
    // Sizes are compared image by image: making a form would allocate.
    const bool clip = form_.shape.size() == 4;
    const int64_t frames = clip ? form_.shape[0] : 1;
    const int64_t* shape = form_.shape.data() + (clip ? 1 : 0);
    bool same = form_.type == at::kFloat && form_.shape.size() >= 3 &&
                static_cast<int64_t>(example.images.size()) == form_.views;
    for (const auto& view : example.images) {
      same = same && static_cast<int64_t>(view.size()) == frames;
      for (const Image& image : view) {
        same = same && image.channels() == shape[0] &&
               image.height() == shape[1] && image.width() == shape[2];
        if (!same) break;
        image.Write(values);
        values += image.elements();
      }
    }
    if (!same) {
      return Invalid(absl::StrCat("must be ", form_.ToString(), " as others"),
                     ExampleForm::Of(example).ToString());
    }
  } else {
    const at::Tensor values = example.values.contiguous();
    if (values.sizes() != form_.shape || values.scalar_type() != form_.type) {
      return Invalid(absl::StrCat("must be ", form_.ToString(), " as others"),
                     ExampleForm::Of(example).ToString());
    }
    std::memcpy(out, values.const_data_ptr(), row_bytes_);
  }
  return WriteTarget(row, example, label_limit);
}

absl::Status BatchMemory::WriteTarget(int64_t row, const Example& example,
                                      int64_t label_limit) {
  if (example.target_kind() != form_.target_kind) {
    return Invalid(absl::StrCat("must be ", form_.ToString(), " as others"),
                   ExampleForm::Of(example).ToString());
  }
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

}  // namespace toque
