// BMP of Windows and OS/2, all but its embedded JPEG and PNG.

#include "framework/codec/bmp.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>

#include "framework/codec/bytes.h"
#include "framework/codec/decoders.h"
#include "framework/codec/scratch.h"

namespace toque {
namespace {

using Bytes = absl::Span<const uint8_t>;

constexpr auto kFormat = ImageFormat::kBmp;
// The file's header, which the picture's follows; its first field is its size.
constexpr size_t kFileHeader = 14;
constexpr uint32_t kCoreHeader = 12;
constexpr uint32_t kInfoHeader = 40;
// Bit masks stand here in every header that has them.
constexpr size_t kMasks = kFileHeader + kInfoHeader;
constexpr uint32_t kBitfieldsWithAlpha = 6;

absl::Status Fault(Bytes bytes, std::string_view reason, size_t offset) {
  return BrokenImage(kFormat, reason, offset, bytes.size());
}

int64_t Signed32(const uint8_t* at) {
  return static_cast<int32_t>(Little32(at));
}

// Sizes and bits: the fields after the header's size.
absl::Status ReadSizes(Bytes bytes, bool core, BmpHeader* header) {
  const uint8_t* const at = &bytes[kFileHeader + 4];
  const int64_t height = core ? Little16(at + 2) : Signed32(at + 4);
  header->width = core ? Little16(at) : Signed32(at);
  header->bits = static_cast<int>(Little16(core ? at + 6 : at + 10));
  header->top_down = height < 0;
  header->height = std::abs(height);
  if (header->width < 1 || header->height < 1) {
    return Fault(bytes,
                 absl::StrCat("a size of ", header->width, " x ", height,
                              " is not allowed"),
                 kFileHeader + 4);
  }
  return absl::OkStatus();
}

absl::Status ReadCompression(Bytes bytes, BmpHeader* header) {
  uint32_t kind = Little32(&bytes[kFileHeader + 16]);
  if (kind == kBitfieldsWithAlpha) kind = BmpHeader::kBitfields;
  header->compression = static_cast<BmpHeader::Compression>(kind);
  const int bits = header->bits;
  const bool known =
      kind == BmpHeader::kRgb || (kind == BmpHeader::kRle8 && bits == 8) ||
      (kind == BmpHeader::kRle4 && bits == 4) ||
      (kind == BmpHeader::kBitfields && (bits == 16 || bits == 32));
  if (!known) {
    return Fault(bytes,
                 absl::StrCat("compression ", kind, " of ", bits,
                              " bits is not supported"),
                 kFileHeader + 16);
  }
  if (kind != BmpHeader::kBitfields) return absl::OkStatus();
  if (bytes.size() < kMasks + 12) {
    return Fault(bytes, "the file ends in its header", bytes.size());
  }
  for (size_t c = 0; c < 3; ++c) {
    header->masks[c] = Little32(&bytes[kMasks + 4 * c]);
  }
  return absl::OkStatus();
}

// Gives the end of the palette.
size_t ReadPalette(Bytes bytes, uint32_t header_size, BmpHeader* header) {
  const bool core = header_size == kCoreHeader;
  const size_t begin = kFileHeader + header_size;
  const size_t used = core ? 0 : Little32(&bytes[kFileHeader + 32]);
  const size_t all = size_t{1} << header->bits;
  const size_t entry = core ? 3 : 4;
  const size_t count =
      std::min({used == 0 ? all : used, all, (bytes.size() - begin) / entry});
  for (size_t i = 0; i < count; ++i) {
    const uint8_t* const bgr = &bytes[begin + entry * i];
    header->palette[i] = {bgr[2], bgr[1], bgr[0], 0};
  }
  return begin + entry * count;
}

size_t StrideOf(const BmpHeader& header) {
  return (static_cast<size_t>(header.width) * header.bits + 31) / 32 * 4;
}

bool IsRuns(const BmpHeader& header) {
  return header.compression == BmpHeader::kRle8 ||
         header.compression == BmpHeader::kRle4;
}

absl::Status CheckData(Bytes bytes, const BmpHeader& header) {
  const size_t there = bytes.size() - std::min(bytes.size(), header.pixels);
  if (IsRuns(header)) {
    if (there >= 2) return absl::OkStatus();
    return Fault(bytes, "there are no pixels", bytes.size());
  }
  const size_t row = StrideOf(header);
  if (there / header.height >= row) return absl::OkStatus();
  return Fault(bytes,
               absl::StrCat(header.height, " rows of ", row, " bytes begin at ",
                            header.pixels, " and the file ends"),
               bytes.size());
}

absl::StatusOr<BmpHeader> Parse(Bytes bytes) {
  if (bytes.size() < kFileHeader + kCoreHeader) {
    return Fault(bytes, "the file ends in its header", bytes.size());
  }
  const uint32_t size = Little32(&bytes[kFileHeader]);
  const bool core = size == kCoreHeader;
  if (!core && (size < kInfoHeader || size > 256)) {
    return Fault(bytes, absl::StrCat("a header of ", size, " is not known"),
                 kFileHeader);
  }
  if (bytes.size() < kFileHeader + size) {
    return Fault(bytes, "the file ends in its header", bytes.size());
  }
  BmpHeader header;
  RETURN_IF_ERROR(ReadSizes(bytes, core, &header));
  const int bits = header.bits;
  if (bits != 1 && bits != 4 && bits != 8 && bits != 16 && bits != 24 &&
      bits != 32) {
    return Fault(bytes, absl::StrCat(bits, " bits a pixel are not supported"),
                 kFileHeader + (core ? 10 : 14));
  }
  header.masks = {0xff0000, 0xff00, 0xff};
  if (bits == 16) header.masks = {0x7c00, 0x3e0, 0x1f};
  if (!core) RETURN_IF_ERROR(ReadCompression(bytes, &header));
  size_t end = kFileHeader + size;
  if (bits <= 8) end = ReadPalette(bytes, size, &header);
  const uint32_t pixels = Little32(&bytes[10]);
  header.pixels = pixels != 0 ? pixels : end;
  RETURN_IF_ERROR(CheckData(bytes, header));
  return header;
}

// The part of `value` that `mask` covers, its greatest as 255.
uint8_t Masked(uint32_t value, uint32_t mask) {
  if (mask == 0) return 0;
  const uint64_t part = (value & mask) >> std::countr_zero(mask);
  return static_cast<uint8_t>(part * 255 / (mask >> std::countr_zero(mask)));
}

// Pixels `left` and following of a row of 1 to 8 bits, 16 or 32 bits, 24 bits.
void UnpackIndices(const uint8_t* row, const BmpHeader& header, int64_t left,
                   int64_t width, uint8_t* out) {
  const int bits = header.bits;
  for (int64_t x = left; x < left + width; ++x, out += 4) {
    const int64_t at = x * bits;
    const int index = row[at / 8] >> (8 - bits - at % 8) & ((1 << bits) - 1);
    std::memcpy(out, header.palette[index].data(), 4);
  }
}

void UnpackMasked(const uint8_t* row, const BmpHeader& header, int64_t left,
                  int64_t width, uint8_t* out) {
  for (int64_t x = left; x < left + width; ++x, out += 4) {
    const uint32_t value =
        header.bits == 16 ? Little16(row + 2 * x) : Little32(row + 4 * x);
    for (int c = 0; c < 3; ++c) out[c] = Masked(value, header.masks[c]);
  }
}

void UnpackBgr(const uint8_t* row, int64_t left, int64_t width, uint8_t* out) {
  for (int64_t x = left; x < left + width; ++x, out += 4) {
    const uint8_t* const bgr = row + 3 * x;
    out[0] = bgr[2];
    out[1] = bgr[1];
    out[2] = bgr[0];
  }
}

void UnpackRow(const uint8_t* row, const BmpHeader& header,
               const Region& region, uint8_t* out) {
  if (header.bits <= 8) {
    UnpackIndices(row, header, region.left, region.width, out);
  } else if (header.bits == 24) {
    UnpackBgr(row, region.left, region.width, out);
  } else {
    UnpackMasked(row, header, region.left, region.width, out);
  }
}

}  // namespace

absl::StatusOr<ImageHeader> ReadBmpHeader(Bytes bytes) {
  ASSIGN_OR_RETURN(const BmpHeader header, Parse(bytes));
  return ImageHeader{kFormat, header.height, header.width, 1};
}

absl::Status DecodeBmp(Bytes bytes, const ImageHeader& /*header*/,
                       const Region& region, const DecodeForm& form,
                       RowSink sink) {
  ASSIGN_OR_RETURN(const BmpHeader header, Parse(bytes));
  thread_local std::vector<uint8_t> indices;
  thread_local std::vector<uint8_t> out;
  const Scratch kept_indices(&indices), kept_out(&out);
  if (IsRuns(header)) {
    RETURN_IF_ERROR(DecodeBmpRuns(bytes, header, region, &indices));
  }
  out.resize(4 * region.width);
  for (int64_t y = 0; y < region.height; ++y) {
    if (IsRuns(header)) {
      for (int64_t x = 0; x < region.width; ++x) {
        const uint8_t index = indices[y * region.width + x];
        std::memcpy(&out[4 * x], header.palette[index].data(), 4);
      }
    } else {
      const int64_t row = region.top + y;
      const int64_t stored = header.top_down ? row : header.height - 1 - row;
      UnpackRow(&bytes[header.pixels + StrideOf(header) * stored], header,
                region, out.data());
    }
    if (form.grey) ToLuma(out.data(), region.width);
    sink(y, out.data());
  }
  return absl::OkStatus();
}

}  // namespace toque
