// The first frame of a GIF, by giflib.

#include <gif_lib.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

#include "framework/codec/decoders.h"

namespace toque {
namespace {

constexpr auto kFormat = ImageFormat::kGif;

struct Source {
  absl::Span<const uint8_t> bytes;
  size_t offset = 0;
};

int ReadBytes(GifFileType* gif, GifByteType* out, int count) {
  auto* source = static_cast<Source*>(gif->UserData);
  const size_t there =
      std::min<size_t>(count, source->bytes.size() - source->offset);
  if (there > 0) {
    std::memcpy(out, source->bytes.data() + source->offset, there);
  }
  source->offset += there;
  return static_cast<int>(there);
}

struct Closer {
  void operator()(GifFileType* gif) const { DGifCloseFile(gif, nullptr); }
};

absl::Status ErrorOf(const Source& source, int code) {
  const char* const reason = GifErrorString(code);
  return BrokenImage(kFormat, reason != nullptr ? reason : "the data is broken",
                     source.offset, source.bytes.size());
}

// A GIF that is read up to the pixels of its first frame.
struct FirstFrame {
  std::unique_ptr<GifFileType, Closer> gif;
  int transparent = NO_TRANSPARENT_COLOR;

  const GifImageDesc& place() const { return gif->Image; }
  const ColorMapObject* colours() const {
    return place().ColorMap != nullptr ? place().ColorMap : gif->SColorMap;
  }
  // A frame may reach beyond its screen, which then grows.
  int64_t height() const {
    return std::max(gif->SHeight, place().Top + place().Height);
  }
  int64_t width() const {
    return std::max(gif->SWidth, place().Left + place().Width);
  }
};

bool ReadExtension(FirstFrame* frame) {
  int kind = 0;
  GifByteType* block = nullptr;
  if (DGifGetExtension(frame->gif.get(), &kind, &block) == GIF_ERROR) {
    return false;
  }
  GraphicsControlBlock control;
  // The block's first byte is its length.
  if (kind == GRAPHICS_EXT_FUNC_CODE && block != nullptr &&
      DGifExtensionToGCB(block[0], block + 1, &control) == GIF_OK) {
    frame->transparent = control.TransparentColor;
  }
  while (block != nullptr) {
    if (DGifGetExtensionNext(frame->gif.get(), &block) == GIF_ERROR) {
      return false;
    }
  }
  return true;
}

absl::Status FindFrame(const Source& source, FirstFrame* frame) {
  GifFileType* const gif = frame->gif.get();
  while (true) {
    GifRecordType record = UNDEFINED_RECORD_TYPE;
    if (DGifGetRecordType(gif, &record) == GIF_ERROR) break;
    if (record == EXTENSION_RECORD_TYPE) {
      if (!ReadExtension(frame)) break;
    } else if (record == IMAGE_DESC_RECORD_TYPE) {
      if (DGifGetImageDesc(gif) == GIF_ERROR) break;
      if (frame->place().Width > 0 && frame->place().Height > 0) {
        return absl::OkStatus();
      }
      return BrokenImage(kFormat, "the first frame is empty", source.offset,
                         source.bytes.size());
    } else {
      return BrokenImage(kFormat, "there is no frame", source.offset,
                         source.bytes.size());
    }
  }
  return ErrorOf(source, gif->Error);
}

absl::StatusOr<FirstFrame> Start(Source* source) {
  FirstFrame frame;
  int code = 0;
  frame.gif.reset(DGifOpen(source, ReadBytes, &code));
  if (frame.gif == nullptr) return ErrorOf(*source, code);
  RETURN_IF_ERROR(FindFrame(*source, &frame));
  return frame;
}

// Rows of a frame in the order of the file.
std::vector<int> RowOrder(const GifImageDesc& place) {
  std::vector<int> order;
  order.reserve(place.Height);
  if (!place.Interlace) {
    for (int y = 0; y < place.Height; ++y) order.push_back(y);
    return order;
  }
  constexpr int kPasses[][2] = {{0, 8}, {4, 8}, {2, 4}, {1, 2}};
  for (const auto& [begin, step] : kPasses) {
    for (int y = begin; y < place.Height; y += step) order.push_back(y);
  }
  return order;
}

// The region's indices; those outside the frame stay as they are.
absl::Status ReadIndices(const Source& source, const FirstFrame& frame,
                         const Region& region, std::vector<uint8_t>* indices) {
  const GifImageDesc& place = frame.place();
  const int64_t left = std::max<int64_t>(place.Left, region.left);
  const int64_t right =
      std::min<int64_t>(place.Left + place.Width, region.left + region.width);
  std::vector<GifPixelType> line(place.Width);
  for (const int row : RowOrder(place)) {
    const int64_t y = place.Top + row - region.top;
    if (y >= region.height && !place.Interlace) break;
    if (DGifGetLine(frame.gif.get(), line.data(), place.Width) == GIF_ERROR) {
      return ErrorOf(source, frame.gif->Error);
    }
    if (y < 0 || y >= region.height || left >= right) continue;
    std::copy(line.data() + (left - place.Left),
              line.data() + (right - place.Left),
              indices->data() + y * region.width + (left - region.left));
  }
  return absl::OkStatus();
}

// R, G and B of an index: grey levels where the file has no palette.
void PutColour(const ColorMapObject* colours, int index, uint8_t* out) {
  if (colours == nullptr) {
    out[0] = out[1] = out[2] = static_cast<uint8_t>(index);
  } else if (index < colours->ColorCount) {
    const GifColorType& colour = colours->Colors[index];
    out[0] = colour.Red;
    out[1] = colour.Green;
    out[2] = colour.Blue;
  } else {
    out[0] = out[1] = out[2] = 0;
  }
}

}  // namespace

absl::StatusOr<ImageHeader> ReadGifHeader(absl::Span<const uint8_t> bytes) {
  Source source{bytes};
  ASSIGN_OR_RETURN(const FirstFrame frame, Start(&source));
  return ImageHeader{kFormat, frame.height(), frame.width(), 1};
}

absl::Status DecodeGif(absl::Span<const uint8_t> bytes,
                       const ImageHeader& /*header*/, const Region& region,
                       const DecodeForm& form, RowSink sink) {
  Source source{bytes};
  ASSIGN_OR_RETURN(const FirstFrame frame, Start(&source));
  // Around the frame lies the transparent colour, or the first, as in Pillow.
  const bool opaque = frame.transparent == NO_TRANSPARENT_COLOR;
  std::vector<uint8_t> indices(
      region.height * region.width,
      static_cast<uint8_t>(opaque ? 0 : frame.transparent));
  RETURN_IF_ERROR(ReadIndices(source, frame, region, &indices));
  std::vector<uint8_t> out(4 * region.width);
  for (int64_t y = 0; y < region.height; ++y) {
    for (int64_t x = 0; x < region.width; ++x) {
      PutColour(frame.colours(), indices[y * region.width + x], &out[4 * x]);
    }
    if (form.grey) ToLuma(out.data(), region.width);
    sink(y, out.data());
  }
  return absl::OkStatus();
}

}  // namespace toque
