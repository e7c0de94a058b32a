// PNG by libpng. libpng reports faults by longjmp: what lies between a setjmp
// and a call that may jump must have no destructor.

#include <png.h>

#include <csetjmp>
#include <cstdio>
#include <cstring>
#include <vector>

#include "framework/codec/bytes.h"
#include "framework/codec/decoders.h"

namespace toque {
namespace {

constexpr size_t kSignature = 8;
// Length and kind before a chunk's content, and the checksum behind it.
constexpr size_t kChunkHead = 8;
constexpr size_t kChunkExtra = 12;
// Deflate makes at most so many bytes of one.
constexpr uint64_t kGreatestInflation = 1032;

// What libpng's callbacks see.
struct Source {
  absl::Span<const uint8_t> bytes;
  size_t offset = 0;
  char reason[128] = "";
};

void ReadBytes(png_structp png, png_bytep out, size_t count) {
  auto* source = static_cast<Source*>(png_get_io_ptr(png));
  if (count > source->bytes.size() - source->offset) {
    source->offset = source->bytes.size();
    png_error(png, "the file ends too early");
  }
  std::memcpy(out, source->bytes.data() + source->offset, count);
  source->offset += count;
}

[[noreturn]] void Fail(png_structp png, png_const_charp reason) {
  auto* source = static_cast<Source*>(png_get_error_ptr(png));
  std::snprintf(source->reason, sizeof(source->reason), "%s", reason);
  png_longjmp(png, 1);
}

void Ignore(png_structp /*png*/, png_const_charp /*warning*/) {}

// libpng's state of reading one file.
class Reader {
 public:
  explicit Reader(Source* source)
      : png_(png_create_read_struct(PNG_LIBPNG_VER_STRING, source, Fail,
                                    Ignore)) {
    if (png_ == nullptr) return;
    info_ = png_create_info_struct(png_);
    png_set_read_fn(png_, source, ReadBytes);
  }
  ~Reader() { png_destroy_read_struct(&png_, &info_, nullptr); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  // False where libpng found a fault or had no memory.
  bool Start();
  // Reads the first `rows` rows, which Start() made four bytes a pixel, each
  // to where `place(y)` says.
  template <typename Place, typename Done>
  bool ReadRows(int64_t rows, const Place& place, const Done& done);

  bool interlaced() const { return passes_ > 1; }
  // Bytes of the whole picture before it was deflated, at least.
  uint64_t inflated_size() const { return inflated_size_; }

 private:
  png_structp png_;
  png_infop info_ = nullptr;
  int passes_ = 1;
  uint64_t inflated_size_ = 0;
};

bool Reader::Start() {
  if (png_ == nullptr || info_ == nullptr) return false;
  if (setjmp(png_jmpbuf(png_)) != 0) return false;
  // Colour profiles, texts and the like are passed over unread.
  png_set_keep_unknown_chunks(png_, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
  png_read_info(png_, info_);
  inflated_size_ = static_cast<uint64_t>(png_get_rowbytes(png_, info_)) *
                   png_get_image_height(png_, info_);
  png_set_scale_16(png_);
  png_set_expand(png_);
  png_set_gray_to_rgb(png_);
  png_set_strip_alpha(png_);
  png_set_filler(png_, 0xff, PNG_FILLER_AFTER);
  passes_ = png_set_interlace_handling(png_);
  png_read_update_info(png_, info_);
  return true;
}

template <typename Place, typename Done>
bool Reader::ReadRows(int64_t rows, const Place& place, const Done& done) {
  if (setjmp(png_jmpbuf(png_)) != 0) return false;
  const int64_t all = png_get_image_height(png_, info_);
  for (int pass = 0; pass < passes_; ++pass) {
    const int64_t end = pass + 1 < passes_ ? all : rows;
    for (int64_t y = 0; y < end; ++y) {
      png_read_row(png_, place(y), nullptr);
      if (pass + 1 == passes_) done(y);
    }
  }
  return true;
}

absl::Status ErrorOf(const Source& source) {
  return BrokenImage(ImageFormat::kPng,
                     source.reason[0] != '\0' ? source.reason : "no memory",
                     source.offset, source.bytes.size());
}

// The content of the chunk `kind`, empty where there is none.
absl::Span<const uint8_t> Chunk(absl::Span<const uint8_t> bytes,
                                const char* kind) {
  for (size_t at = kSignature; at + kChunkExtra <= bytes.size();) {
    const uint64_t size = Big32(&bytes[at]);
    if (size > bytes.size() - at - kChunkExtra) break;
    if (std::memcmp(&bytes[at + 4], kind, 4) == 0) {
      return bytes.subspan(at + kChunkHead, size);
    }
    at += size + kChunkExtra;
  }
  return {};
}

}  // namespace

absl::StatusOr<ImageHeader> ReadPngHeader(absl::Span<const uint8_t> bytes) {
  if (bytes.size() < 33 || std::memcmp(&bytes[12], "IHDR", 4) != 0) {
    return BrokenImage(ImageFormat::kPng, "there is no IHDR", kSignature,
                       bytes.size());
  }
  const int64_t width = Big32(&bytes[16]);
  const int64_t height = Big32(&bytes[20]);
  if (width < 1 || height < 1 || width > INT32_MAX || height > INT32_MAX) {
    return BrokenImage(
        ImageFormat::kPng,
        absl::StrCat("a size of ", width, " x ", height, " is not allowed"), 16,
        bytes.size());
  }
  return ImageHeader{ImageFormat::kPng, height, width,
                     ExifOrientation(Chunk(bytes, "eXIf"))};
}

absl::Status DecodePng(absl::Span<const uint8_t> bytes,
                       const ImageHeader& header, const Region& region,
                       const DecodeForm& form, RowSink sink) {
  Source source{bytes};
  Reader reader(&source);
  if (!reader.Start()) return ErrorOf(source);
  if (reader.inflated_size() / kGreatestInflation > bytes.size()) {
    return BrokenImage(ImageFormat::kPng, "too little data for the picture",
                       bytes.size(), bytes.size());
  }
  // The region's rows where passes come back to them, and one for all others.
  const int64_t kept = reader.interlaced() ? region.height : 0;
  const int64_t stride = 4 * header.width;
  std::vector<uint8_t> rows(stride * (kept + 1));
  const auto place = [&](int64_t y) {
    const int64_t row = y - region.top;
    return &rows[stride * (row >= 0 && row < kept ? row : kept)];
  };
  const auto done = [&](int64_t y) {
    if (y < region.top) return;
    uint8_t* row = place(y) + 4 * region.left;
    if (form.grey) ToLuma(row, region.width);
    sink(y - region.top, row);
  };
  const bool read = reader.ReadRows(region.top + region.height, place, done);
  return read ? absl::OkStatus() : ErrorOf(source);
}

}  // namespace toque
