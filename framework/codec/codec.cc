#include "framework/codec/codec.h"

#include "absl/strings/escaping.h"
#include "framework/codec/decoders.h"

namespace toque {
namespace {

using HeaderReader = absl::StatusOr<ImageHeader> (*)(absl::Span<const uint8_t>);
using Decoder = absl::Status (*)(absl::Span<const uint8_t>, const ImageHeader&,
                                 const Region&, const DecodeForm&, RowSink);

struct Codec {
  std::string_view name;
  HeaderReader read_header;
  Decoder decode;
};

// In the order of ImageFormat.
constexpr Codec kCodecs[] = {
    {"JPEG", ReadJpegHeader, DecodeJpeg}, {"PNG", ReadPngHeader, DecodePng},
    {"WebP", ReadWebpHeader, DecodeWebp}, {"BMP", ReadBmpHeader, DecodeBmp},
    {"PNM", ReadPnmHeader, DecodePnm},    {"GIF", ReadGifHeader, DecodeGif},
};

const Codec& CodecOf(ImageFormat format) {
  return kCodecs[static_cast<int>(format)];
}

absl::StatusOr<ImageFormat> FormatOf(std::string_view bytes) {
  if (bytes.starts_with("\xff\xd8")) return ImageFormat::kJpeg;
  if (bytes.starts_with("\x89PNG\r\n\x1a\n")) return ImageFormat::kPng;
  if (bytes.starts_with("RIFF") && bytes.substr(0, 12).ends_with("WEBP")) {
    return ImageFormat::kWebp;
  }
  if (bytes.starts_with("BM")) return ImageFormat::kBmp;
  if (bytes.starts_with("GIF87a") || bytes.starts_with("GIF89a")) {
    return ImageFormat::kGif;
  }
  if (bytes.size() > 2 && bytes[0] == 'P' && bytes[1] >= '1' &&
      bytes[1] <= '6' &&
      std::string_view(" \t\r\n\v\f#").find(bytes[2]) != bytes.npos) {
    return ImageFormat::kPnm;
  }
  return Broken(absl::StrCat(
      "a picture must be JPEG, PNG, WebP, BMP, PNM or GIF, got ",
      bytes.empty()
          ? "an empty file"
          : absl::StrCat("a file that begins with the bytes ",
                         absl::BytesToHexString(View(bytes.substr(0, 8))))));
}

}  // namespace

std::string_view NameOf(ImageFormat format) { return CodecOf(format).name; }

absl::StatusOr<ImageHeader> ReadHeader(absl::Span<const uint8_t> bytes) {
  ASSIGN_OR_RETURN(
      const ImageFormat format,
      FormatOf({reinterpret_cast<const char*>(bytes.data()), bytes.size()}));
  return CodecOf(format).read_header(bytes);
}

absl::Status Decode(absl::Span<const uint8_t> bytes, const ImageHeader& header,
                    const Region& region, const DecodeForm& form,
                    RowSink sink) {
  return CodecOf(header.format).decode(bytes, header, region, form, sink);
}

absl::Status BrokenImage(ImageFormat format, std::string_view reason,
                         size_t offset, size_t size) {
  return Broken(absl::StrCat(View(NameOf(format)), ": ", View(reason),
                             " at byte ", offset, " of ", size));
}

}  // namespace toque
