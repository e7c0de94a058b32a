#include "framework/augment/edit.h"

#include <vector>

#include "framework/codec/scratch.h"

namespace toque {

absl::Status NeedsColours(const Image& image) {
  if (image.content() == Content::kColour) return absl::OkStatus();
  return Invalid("the images must hold colours", "optical flow");
}

absl::Status NeedsGreyOrRgb(const Image& image) {
  RETURN_IF_ERROR(NeedsColours(image));
  if (image.channels() == 1 || image.channels() == 3) return absl::OkStatus();
  return Invalid("the images must have 1 or 3 channels", image.channels());
}

absl::Status Redraw(Image& image, int64_t channels, int64_t height,
                    int64_t width, DrawFrom draw) {
  ASSIGN_OR_RETURN(const EditablePixels in, image.Edit());
  thread_local std::vector<uint8_t> memory;
  const Scratch kept(&memory);
  memory.resize(static_cast<size_t>(channels * height * width));
  draw(in, {.data = memory.data(),
            .height = height,
            .width = width,
            .channels = channels});
  image.Swap(memory, channels, height, width);
  return absl::OkStatus();
}

}  // namespace toque
