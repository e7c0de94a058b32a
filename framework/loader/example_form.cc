#include "framework/loader/example_form.h"

#include <algorithm>

#include "ATen/ops/empty.h"
#include "absl/strings/str_join.h"

namespace toque {
namespace {

at::ScalarType TypeOf(PixelForm pixels) {
  switch (pixels.type) {
    case PixelForm::kFloat32:
      return at::kFloat;
    case PixelForm::kBfloat16:
      return at::kBFloat16;
    case PixelForm::kUint8:
      return at::kByte;
  }
  return at::kFloat;
}

at::Tensor FirstOf(const Image::PerChannel& values, int64_t channels) {
  at::Tensor tensor = at::empty({channels}, at::kFloat);
  std::copy_n(values.begin(), channels, tensor.mutable_data_ptr<float>());
  return tensor;
}

}  // namespace

ExampleForm ExampleForm::Of(const Example& example, PixelForm pixels) {
  ExampleForm form;
  form.images = example.has_images();
  if (form.images) {
    const auto& frames = example.images[0];
    const Image& first = frames[0];
    form.type = TypeOf(pixels);
    form.pixels = pixels;
    form.views = static_cast<int64_t>(example.images.size());
    if (frames.size() > 1) {
      form.shape.push_back(static_cast<int64_t>(frames.size()));
    }
    for (const int64_t size :
         {first.channels(), first.height(), first.width()}) {
      form.shape.push_back(size);
    }
    if (pixels.type == PixelForm::kUint8) {
      form.scale = FirstOf(first.scale(), first.channels());
      form.shift = FirstOf(first.shift(), first.channels());
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

// Sizes are compared image by image: making a form would allocate.
bool ExampleForm::FitsImages(const Example& example) const {
  if (!images || static_cast<int64_t>(example.images.size()) != views) {
    return false;
  }
  const bool clip = shape.size() == 4;
  const size_t frames = clip ? static_cast<size_t>(shape[0]) : 1;
  const int64_t* size = shape.data() + (clip ? 1 : 0);
  return std::all_of(
      example.images.begin(), example.images.end(), [&](const auto& view) {
        return view.size() == frames &&
               std::all_of(view.begin(), view.end(), [&](const Image& image) {
                 return image.channels() == size[0] &&
                        image.height() == size[1] && image.width() == size[2];
               });
      });
}

absl::Status ExampleForm::CheckNormalisation(const Image& image) const {
  const float* own_scale = scale.const_data_ptr<float>();
  const float* own_shift = shift.const_data_ptr<float>();
  const auto channels = static_cast<size_t>(image.channels());
  for (size_t c = 0; c < channels; ++c) {
    if (image.scale()[c] == own_scale[c] && image.shift()[c] == own_shift[c]) {
      continue;
    }
    return Invalid(
        absl::StrCat("pixels UINT8 must be normalised alike in all examples, "
                     "channel ",
                     c, " to v * ", own_scale[c], " + ", own_shift[c]),
        absl::StrCat("v * ", image.scale()[c], " + ", image.shift()[c]));
  }
  return absl::OkStatus();
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

}  // namespace toque
