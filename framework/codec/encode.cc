// libpng and libjpeg report faults by longjmp: what lies between a setjmp and a
// call that may jump must have no destructor.

#include "framework/codec/encode.h"

#include <png.h>

#include <algorithm>
#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <string_view>

// After cstdio, which it needs.
#include <jpeglib.h>

namespace toque {
namespace {

int64_t RowSize(const PixelView& pixels) {
  return pixels.width * pixels.channels;
}

absl::Status Check(const PixelView& pixels, int64_t greatest_side) {
  if (pixels.channels != 1 && pixels.channels != 3) {
    return Invalid("channels must be 1 or 3", pixels.channels);
  }
  if (std::min(pixels.height, pixels.width) < 1 ||
      std::max(pixels.height, pixels.width) > greatest_side) {
    return Invalid(
        absl::StrCat("height and width must be 1 to ", greatest_side),
        absl::StrCat(pixels.height, " x ", pixels.width));
  }
  return absl::OkStatus();
}

void Append(png_structp png, png_bytep bytes, size_t count) {
  static_cast<std::string*>(png_get_io_ptr(png))
      ->append(reinterpret_cast<const char*>(bytes), count);
}

// False where libpng found a fault.
bool WritePng(png_structp png, png_infop info, const PixelView& pixels,
              std::string* out) {
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  png_set_write_fn(png, out, Append, nullptr);
  png_set_IHDR(png, info, static_cast<png_uint_32>(pixels.width),
               static_cast<png_uint_32>(pixels.height), 8,
               pixels.channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB,
               PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  for (int64_t y = 0; y < pixels.height; ++y) {
    png_write_row(png, pixels.data + y * RowSize(pixels));
  }
  png_write_end(png, info);
  return true;
}

struct JpegErrors {
  jpeg_error_mgr manager;
  jmp_buf place;
  char reason[JMSG_LENGTH_MAX];
};

[[noreturn]] void FailJpeg(j_common_ptr jpeg) {
  auto* errors = reinterpret_cast<JpegErrors*>(jpeg->err);
  (*jpeg->err->format_message)(jpeg, errors->reason);
  std::longjmp(errors->place, 1);
}

// A file in memory that libjpeg has allocated.
struct JpegBytes {
  unsigned char* data = nullptr;
  unsigned long size = 0;  // NOLINT: libjpeg's type
};

bool WriteJpeg(const PixelView& pixels, int quality, JpegErrors* errors,
               jpeg_compress_struct* jpeg, JpegBytes* out) {
  if (setjmp(errors->place) != 0) return false;
  jpeg_create_compress(jpeg);
  jpeg_mem_dest(jpeg, &out->data, &out->size);
  jpeg->image_width = static_cast<JDIMENSION>(pixels.width);
  jpeg->image_height = static_cast<JDIMENSION>(pixels.height);
  jpeg->input_components = static_cast<int>(pixels.channels);
  jpeg->in_color_space = pixels.channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(jpeg);
  jpeg_set_quality(jpeg, quality, TRUE);
  jpeg_start_compress(jpeg, TRUE);
  for (int64_t y = 0; y < pixels.height; ++y) {
    auto* row = const_cast<JSAMPLE*>(pixels.data + y * RowSize(pixels));
    jpeg_write_scanlines(jpeg, &row, 1);
  }
  jpeg_finish_compress(jpeg);
  return true;
}

}  // namespace

absl::StatusOr<std::string> EncodePng(const PixelView& pixels) {
  // libpng refuses more.
  RETURN_IF_ERROR(Check(pixels, 1000000));
  std::string out;
  png_structp png =
      png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png == nullptr ? nullptr : png_create_info_struct(png);
  const bool written = info != nullptr && WritePng(png, info, pixels, &out);
  png_destroy_write_struct(&png, &info);
  if (!written) return absl::InternalError("libpng could not write");
  return out;
}

absl::StatusOr<std::string> EncodeJpeg(const PixelView& pixels, int quality) {
  RETURN_IF_ERROR(Check(pixels, JPEG_MAX_DIMENSION));
  if (quality < 1 || quality > 100) {
    return Invalid("quality must be 1 to 100", quality);
  }
  JpegErrors errors;
  jpeg_compress_struct jpeg = {};
  jpeg.err = jpeg_std_error(&errors.manager);
  errors.manager.error_exit = FailJpeg;
  JpegBytes bytes;
  const bool written = WriteJpeg(pixels, quality, &errors, &jpeg, &bytes);
  jpeg_destroy_compress(&jpeg);
  std::string out;
  if (written) out.assign(reinterpret_cast<char*>(bytes.data), bytes.size);
  std::free(bytes.data);
  if (!written) return absl::InternalError(errors.reason);
  return out;
}

std::string EncodePnm(const PixelView& pixels) {
  std::string out = absl::StrCat(pixels.channels == 1 ? "P5" : "P6", "\n",
                                 pixels.width, " ", pixels.height, "\n255\n");
  out.append(reinterpret_cast<const char*>(pixels.data),
             pixels.height * RowSize(pixels));
  return out;
}

std::vector<uint8_t> ToLevels(absl::Span<const float> values, int64_t channels,
                              int64_t height, int64_t width) {
  const int64_t plane = height * width;
  std::vector<uint8_t> levels(channels * plane);
  for (int64_t c = 0; c < channels; ++c) {
    for (int64_t i = 0; i < plane; ++i) {
      const float level = values[c * plane + i] * 255;
      levels[i * channels + c] =
          level > 0 ? static_cast<uint8_t>(std::min(level, 255.0F)) : 0;
    }
  }
  return levels;
}

}  // namespace toque
