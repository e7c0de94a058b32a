#include "framework/video/frame_convert.h"

#include <algorithm>
#include <cstring>

extern "C" {
#include "libavutil/pixdesc.h"
}

namespace toque {
namespace {

constexpr int64_t kChannels = 3;
// swscale writes whole groups of pixels, and what lies at the end of rows that
// have no room for that by other formulas.
constexpr int64_t kGroup = 32;

int64_t PaddedStride(int64_t width) {
  return (width + 2 * kGroup) / kGroup * kGroup * kChannels;
}

struct Step {
  int64_t start = 0;   // of the first pixel
  int64_t down = 0;    // from row to row
  int64_t across = 0;  // from pixel to pixel
};

// How to walk over stored rows so that the frame comes upright.
Step Walk(int64_t width, int64_t height, int64_t stride, Turn turn) {
  const int64_t right = (width - 1) * kChannels;
  const int64_t bottom = (height - 1) * stride;
  Step step;
  int64_t columns = width;  // of the upright frame
  if (turn.degrees == 0) step = {0, stride, kChannels};
  if (turn.degrees == 90) step = {bottom, kChannels, -stride};
  if (turn.degrees == 180) step = {bottom + right, -stride, -kChannels};
  if (turn.degrees == 270) step = {right, -kChannels, stride};
  if (turn.degrees % 180 != 0) columns = height;
  if (turn.mirrored) {
    step.start += (columns - 1) * step.across;
    step.across = -step.across;
  }
  return step;
}

void CopyTurned(const uint8_t* rows, const Step& step, int64_t height,
                int64_t width, uint8_t* out) {
  for (int64_t y = 0; y < height; ++y) {
    const uint8_t* from = rows + step.start + y * step.down;
    for (int64_t x = 0; x < width; ++x, from += step.across, out += kChannels) {
      out[0] = from[0];
      out[1] = from[1];
      out[2] = from[2];
    }
  }
}

}  // namespace

absl::Status FrameConverter::Convert(const AVFrame& frame, Turn turn,
                                     Image* image) {
  RETURN_IF_ERROR(Prepare(frame));
  const bool upright = turn.degrees == 0 && !turn.mirrored;
  const bool sideways = turn.degrees % 180 != 0;
  const int64_t height = sideways ? frame.width : frame.height;
  const int64_t width = sideways ? frame.height : frame.width;
  uint8_t* out = image->Allocate(kChannels, height, width).data();
  if (upright && width % kGroup == 0) {
    return Scale(frame, out, width * kChannels);
  }
  const int64_t stride = PaddedStride(frame.width);
  rows_.resize(static_cast<size_t>(stride * frame.height));
  RETURN_IF_ERROR(Scale(frame, rows_.data(), stride));
  if (!upright) {
    CopyTurned(rows_.data(), Walk(frame.width, frame.height, stride, turn),
               height, width, out);
    return absl::OkStatus();
  }
  for (int64_t y = 0; y < height; ++y) {
    std::memcpy(out + y * width * kChannels, rows_.data() + y * stride,
                static_cast<size_t>(width * kChannels));
  }
  return absl::OkStatus();
}

// Makes the scaler for frames of this kind.
absl::Status FrameConverter::Prepare(const AVFrame& frame) {
  const Kind kind = {frame.width, frame.height, frame.format, frame.colorspace,
                     frame.color_range};
  if (scaler_ != nullptr && kind == kind_) return absl::OkStatus();
  const auto format = static_cast<AVPixelFormat>(frame.format);
  scaler_.reset(sws_getContext(frame.width, frame.height, format, frame.width,
                               frame.height, AV_PIX_FMT_RGB24, SWS_BICUBIC,
                               nullptr, nullptr, nullptr));
  if (scaler_ == nullptr) {
    const char* name = av_get_pix_fmt_name(format);
    return Broken(
        absl::StrCat("frames must have pixels that can become RGB, got ",
                     name == nullptr ? "none" : name));
  }
  int *matrix, *out_matrix;
  int range, out_range, brightness, contrast, saturation;
  // Fails, harmlessly, for pixels that have neither matrix nor range.
  if (sws_getColorspaceDetails(scaler_.get(), &matrix, &range, &out_matrix,
                               &out_range, &brightness, &contrast,
                               &saturation) >= 0) {
    if (frame.color_range != AVCOL_RANGE_UNSPECIFIED) {
      range = frame.color_range == AVCOL_RANGE_JPEG ? 1 : 0;
    }
    sws_setColorspaceDetails(
        scaler_.get(), sws_getCoefficients(frame.colorspace), range, out_matrix,
        out_range, brightness, contrast, saturation);
  }
  kind_ = kind;
  return absl::OkStatus();
}

absl::Status FrameConverter::Scale(const AVFrame& frame, uint8_t* out,
                                   int64_t stride) {
  uint8_t* const planes[4] = {out};
  const int strides[4] = {static_cast<int>(stride)};
  const int rows = sws_scale(scaler_.get(), frame.data, frame.linesize, 0,
                             frame.height, planes, strides);
  if (rows == frame.height) return absl::OkStatus();
  return Broken("a frame can't be converted to RGB");
}

}  // namespace toque
