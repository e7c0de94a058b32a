// WebP by libwebp; of an animation the first frame.

#include <webp/decode.h>
#include <webp/demux.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "framework/codec/bytes.h"
#include "framework/codec/decoders.h"
#include "framework/codec/scratch.h"

namespace toque {
namespace {

constexpr auto kFormat = ImageFormat::kWebp;
// Chroma is interpolated from its neighbours, and a cut's edge has none: what
// lies so near to it is decoded and dropped.
constexpr int64_t kMargin = 2;

std::string_view ReasonOf(VP8StatusCode status) {
  switch (status) {
    case VP8_STATUS_OUT_OF_MEMORY:
      return "no memory";
    case VP8_STATUS_UNSUPPORTED_FEATURE:
      return "a feature that is not supported";
    case VP8_STATUS_NOT_ENOUGH_DATA:
      return "the file ends too early";
    default:
      return "the data is broken";
  }
}

// The content of the EXIF chunk, empty where there is none.
absl::Span<const uint8_t> Exif(absl::Span<const uint8_t> bytes) {
  for (size_t at = 12; at + 8 <= bytes.size();) {
    const uint64_t size = Little32(&bytes[at + 4]);
    if (size > bytes.size() - at - 8) break;
    if (std::memcmp(&bytes[at], "EXIF", 4) == 0) {
      return bytes.subspan(at + 8, size);
    }
    at += 8 + size + size % 2;
  }
  return {};
}

// Decodes `region` of the still picture `bytes` to `out`, whose rows are
// `stride` bytes apart.
VP8StatusCode DecodeStill(absl::Span<const uint8_t> bytes, const Region& region,
                          uint8_t* out, int64_t stride) {
  WebPDecoderConfig config;
  if (WebPInitDecoderConfig(&config) == 0) return VP8_STATUS_INVALID_PARAM;
  config.options.use_cropping = 1;
  config.options.crop_left = static_cast<int>(region.left);
  config.options.crop_top = static_cast<int>(region.top);
  config.options.crop_width = static_cast<int>(region.width);
  config.options.crop_height = static_cast<int>(region.height);
  config.output.colorspace = MODE_RGBA;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = out;
  config.output.u.RGBA.stride = static_cast<int>(stride);
  config.output.u.RGBA.size = stride * (region.height - 1) + 4 * region.width;
  const VP8StatusCode status = WebPDecode(bytes.data(), bytes.size(), &config);
  WebPFreeDecBuffer(&config.output);
  return status;
}

// A frame's data, and where it lies on the canvas.
struct Frame {
  absl::Span<const uint8_t> bytes;
  Region place;
};

bool FirstFrame(absl::Span<const uint8_t> bytes, Frame* frame) {
  const WebPData data{bytes.data(), bytes.size()};
  WebPDemuxer* demuxer = WebPDemux(&data);
  WebPIterator first;
  const bool found =
      demuxer != nullptr && WebPDemuxGetFrame(demuxer, 1, &first) != 0;
  if (found) {
    // A view of `bytes`, which outlives the demuxer.
    frame->bytes = {first.fragment.bytes, first.fragment.size};
    frame->place = {first.y_offset, first.x_offset, first.height, first.width};
    WebPDemuxReleaseIterator(&first);
  }
  WebPDemuxDelete(demuxer);
  return found;
}

// Rows of the canvas that were decoded, and where the region begins in them.
struct Rows {
  std::vector<uint8_t>& pixels;
  int64_t stride = 0;
  int64_t first = 0;
};

// The decoded area: even offsets, which libwebp demands, and a margin.
Region Widened(const Region& region, const ImageHeader& header) {
  const int64_t top = std::max<int64_t>(0, region.top - kMargin) & ~1;
  const int64_t left = std::max<int64_t>(0, region.left - kMargin) & ~1;
  const int64_t bottom =
      std::min(header.height, region.top + region.height + kMargin);
  const int64_t right =
      std::min(header.width, region.left + region.width + kMargin);
  return {top, left, bottom - top, right - left};
}

VP8StatusCode DecodeStillRows(absl::Span<const uint8_t> bytes,
                              const ImageHeader& header, const Region& region,
                              Rows* rows) {
  const Region area = Widened(region, header);
  rows->stride = 4 * area.width;
  rows->first =
      rows->stride * (region.top - area.top) + 4 * (region.left - area.left);
  rows->pixels.resize(rows->stride * area.height);
  return DecodeStill(bytes, area, rows->pixels.data(), rows->stride);
}

// An animation's canvas is black where its first frame is not.
VP8StatusCode DecodeFrameRows(absl::Span<const uint8_t> bytes,
                              const ImageHeader& header, const Region& region,
                              Rows* rows) {
  Frame frame;
  if (!FirstFrame(bytes, &frame)) return VP8_STATUS_BITSTREAM_ERROR;
  const Region& place = frame.place;
  if (place.top + place.height > header.height ||
      place.left + place.width > header.width) {
    return VP8_STATUS_BITSTREAM_ERROR;
  }
  rows->stride = 4 * header.width;
  rows->first = rows->stride * region.top + 4 * region.left;
  rows->pixels.assign(rows->stride * header.height, 0);
  uint8_t* const out = &rows->pixels[rows->stride * place.top + 4 * place.left];
  return DecodeStill(frame.bytes, {0, 0, place.height, place.width}, out,
                     rows->stride);
}

absl::StatusOr<WebPBitstreamFeatures> FeaturesOf(
    absl::Span<const uint8_t> bytes) {
  WebPBitstreamFeatures features;
  const VP8StatusCode status =
      WebPGetFeatures(bytes.data(), bytes.size(), &features);
  if (status != VP8_STATUS_OK) {
    return BrokenImage(kFormat, ReasonOf(status),
                       std::min<size_t>(12, bytes.size()), bytes.size());
  }
  return features;
}

}  // namespace

absl::StatusOr<ImageHeader> ReadWebpHeader(absl::Span<const uint8_t> bytes) {
  ASSIGN_OR_RETURN(const WebPBitstreamFeatures features, FeaturesOf(bytes));
  return ImageHeader{kFormat, features.height, features.width,
                     ExifOrientation(Exif(bytes))};
}

absl::Status DecodeWebp(absl::Span<const uint8_t> bytes,
                        const ImageHeader& header, const Region& region,
                        const DecodeForm& form, RowSink sink) {
  ASSIGN_OR_RETURN(const WebPBitstreamFeatures features, FeaturesOf(bytes));
  thread_local std::vector<uint8_t> pixels;
  const Scratch kept(&pixels);
  Rows rows{pixels};
  const VP8StatusCode status =
      features.has_animation != 0
          ? DecodeFrameRows(bytes, header, region, &rows)
          : DecodeStillRows(bytes, header, region, &rows);
  if (status != VP8_STATUS_OK) {
    // libwebp doesn't say where.
    return BrokenImage(kFormat, ReasonOf(status), bytes.size(), bytes.size());
  }
  for (int64_t y = 0; y < region.height; ++y) {
    uint8_t* row = &pixels[rows.first + y * rows.stride];
    if (form.grey) ToLuma(row, region.width);
    sink(y, row);
  }
  return absl::OkStatus();
}

}  // namespace toque
