// What was noted becomes the pixels, for changes that can't be noted.

#include <cmath>

#include "framework/codec/scratch.h"
#include "framework/image/image.h"
#include "glog/logging.h"

namespace toque {
namespace {

// Memory for pixels that are about to replace others.
std::vector<uint8_t>& Spare() {
  static thread_local std::vector<uint8_t> spare;
  return spare;
}

// An error for a picture that was resized to more than fits in memory.
absl::Status CheckSize(int64_t height, int64_t width) {
  constexpr int64_t kMost = int64_t{1} << 26;
  if (height <= kMost / width) return absl::OkStatus();
  return Broken(absl::StrCat("the resized picture must have at most ", kMost,
                             " pixels, got ", height, " x ", width));
}

}  // namespace

// Whether what lies outside of the picture can be said in whole levels.
bool Image::FillsAreLevels() const {
  if (!ShowsFill()) return true;
  for (size_t c = 0; c < static_cast<size_t>(channels()); ++c) {
    const float level = (fill_[c] - shift_[c]) / scale_[c] * 255;
    if (level < 0 || level > 255 ||
        std::abs(level - std::round(level)) > 1e-3f) {
      return false;
    }
  }
  return true;
}

// Makes what was noted the pixels: for what can't be noted on top of it. What
// Normalize does stays noted.
void Image::CarryOut() {
  const bool levels = type_ != Type::kFloat && type_ != Type::kUint16 &&
                      greatest_ == 255 && erased_.empty() && FillsAreLevels();
  const PerChannel scale = scale_, shift = shift_;
  const Content content = content_;
  const float rest = rest_;
  const int64_t rows = height(), columns = width();
  absl::Status status = fault_;
  if (status.ok()) status = CheckSize(rows, columns);
  std::vector<uint8_t>& pixels = Spare();
  const Scratch kept(&pixels);
  if (status.ok()) {
    pixels.resize(static_cast<size_t>(elements()) *
                  (levels ? 1 : sizeof(float)));
  }
  if (!levels) {
    scale_.fill(1);
    shift_.fill(0);
    for (size_t c = 0; c < kMaxChannels; ++c) {
      fill_[c] = (fill_[c] - shift[c]) / scale[c];
      for (Erased& erased : erased_) {
        erased.values[c] = (erased.values[c] - shift[c]) / scale[c];
        erased.spread[c] /= scale[c];
      }
    }
  }
  const PixelForm form{levels ? PixelForm::kUint8 : PixelForm::kFloat32, true};
  if (status.ok()) status = Write(pixels.data(), form);
  own_.swap(pixels);
  Reset(levels ? Type::kUint8 : Type::kFloat, nullptr,
        PixelLayout::Interleaved(channels(), rows, columns), levels ? 255 : 1);
  scale_ = scale;
  shift_ = shift;
  content_ = content;
  rest_ = rest;
  fault_ = status;
}

absl::StatusOr<EditablePixels> Image::Edit() {
  RETURN_IF_ERROR(fault_);
  if (!erased_.empty()) {
    return Invalid(
        "works on levels of 0 to 255, so it must stand before RandomErasing");
  }
  // Integers that were carried out as floats are integers still; only they have
  // a level of no motion.
  if (type_ == Type::kFloat && rest_ == 0) {
    return Invalid("works on levels of 0 to 255; the image must hold integers",
                   "floating-point values");
  }
  RETURN_IF_ERROR(CheckSize(height(), width()));
  for (size_t c = 0; c < static_cast<size_t>(channels()); ++c) {
    if (scale_[c] != 1 || shift_[c] != 0) {
      return Invalid(
          "works on levels of 0 to 255, so it must stand before Normalize");
    }
  }
  const bool ready = type_ == Type::kUint8 && pixels_ == nullptr &&
                     greatest_ == 255 && !resized_.has_value() && !flipped_ &&
                     window_ == Region{0, 0, layout_.height, layout_.width} &&
                     !ShowsFill();
  if (!ready) {
    std::vector<uint8_t>& pixels = Spare();
    const Scratch kept(&pixels);
    pixels.resize(static_cast<size_t>(elements()));
    RETURN_IF_ERROR(Write(pixels.data(), {PixelForm::kUint8, true}));
    Swap(pixels, channels(), height(), width());
  }
  return EditablePixels{own_.data(), height(), width(), channels()};
}

void Image::Swap(std::vector<uint8_t>& pixels, int64_t channels, int64_t height,
                 int64_t width) {
  CHECK_EQ(pixels.size(), static_cast<size_t>(channels * height * width));
  const Content content = content_;
  own_.swap(pixels);
  Reset(Type::kUint8, nullptr,
        PixelLayout::Interleaved(channels, height, width), 255);
  content_ = content;
}

}  // namespace toque
