// JPEG by libjpeg-turbo, but for the entropy-coded data of baseline files
// (jpeg_scan.h): only the rows and columns that are wanted go through the
// inverse transform, upsampling and colour conversion.

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstdio>
#include <cstring>
#include <vector>

#include "framework/codec/decoders.h"
#include "framework/codec/jpeg_scan.h"
#include "jpeglib.h"
// After jpeglib.h, which they need.
#include "jerror.h"
#include "jpegint.h"

namespace toque {
namespace {

// Coefficients of a progressive file of 2^26 pixels fit; more is no picture.
constexpr long kMaxMemory = 480L << 20;
// Of a progressive file: each costs time and hardly any bytes.
constexpr int kMaxScans = 500;

// Who decodes the entropy-coded data.
enum class ScanBy { kOurs, kLibjpeg };

// libjpeg's structures and what its callbacks need. libjpeg reports errors by
// a jump, so no function that calls it holds an object with a destructor.
struct Reader {
  jpeg_decompress_struct info;
  jpeg_error_mgr errors;
  jpeg_source_mgr source;
  jpeg_progress_mgr progress;
  jmp_buf failed;
  std::array<char, JMSG_LENGTH_MAX> message;
  bool exhausted = false;  // the bytes ended before the picture did
  JpegScan scan;
  ScanBy scan_by;
  bool odd = false;  // the data are not such as `scan` takes

  explicit Reader(ScanBy scan_by);
  ~Reader() { jpeg_destroy_decompress(&info); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  // Each false after an error, which is in `message`.
  bool Begin(absl::Span<const uint8_t> bytes, const DecodeForm& form);
  bool Start(JDIMENSION* left, JDIMENSION* width, JDIMENSION top,
             std::vector<ScanPlace>* places);
  bool Read(JSAMPROW* rows, JDIMENSION count, JDIMENSION* read);
};

Reader& ReaderOf(void* info) {
  return *static_cast<Reader*>(static_cast<j_common_ptr>(info)->client_data);
}

[[noreturn]] void Fail(j_common_ptr info) {
  Reader& reader = ReaderOf(info);
  info->err->format_message(info, reader.message.data());
  std::longjmp(reader.failed, 1);
}

// Warnings are passed over, as Pillow does, but for the one that says that the
// file ended in the middle of the picture.
void Note(j_common_ptr info, int level) {
  if (level < 0 && info->err->msg_code == JWRN_HIT_MARKER &&
      ReaderOf(info).exhausted) {
    info->err->msg_code = JERR_INPUT_EOF;
    Fail(info);
  }
}

// The bytes are all there from the start: asking for more means that they
// ended too early. An end marker lets libjpeg finish what it has.
boolean Exhausted(j_decompress_ptr info) {
  static constexpr JOCTET kEnd[] = {0xFF, JPEG_EOI};
  ReaderOf(info).exhausted = true;
  info->src->next_input_byte = kEnd;
  info->src->bytes_in_buffer = sizeof(kEnd);
  return TRUE;
}

void SkipBytes(j_decompress_ptr info, long count) {
  jpeg_source_mgr* source = info->src;
  if (count <= 0) return;
  if (static_cast<size_t>(count) >= source->bytes_in_buffer) {
    Exhausted(info);
    return;
  }
  source->next_input_byte += count;
  source->bytes_in_buffer -= static_cast<size_t>(count);
}

void LimitScans(j_common_ptr common) {
  const auto* info = reinterpret_cast<j_decompress_ptr>(common);
  if (info->input_scan_number > kMaxScans) {
    common->err->msg_code = JERR_BAD_PROGRESSION;
    Fail(common);
  }
}

boolean DecodeUnit(j_decompress_ptr info, JBLOCKROW* blocks) {
  Reader& reader = ReaderOf(info);
  if (!reader.scan.Next(blocks)) {
    reader.odd = true;
    Fail(reinterpret_cast<j_common_ptr>(info));
  }
  return TRUE;
}

Reader::Reader(ScanBy by) : scan_by(by) {
  info.err = jpeg_std_error(&errors);
  errors.error_exit = Fail;
  errors.emit_message = Note;
  errors.output_message = [](j_common_ptr) {};
  jpeg_create_decompress(&info);
  info.client_data = this;
  info.mem->max_memory_to_use = kMaxMemory;
  source.init_source = [](j_decompress_ptr) {};
  source.fill_input_buffer = Exhausted;
  source.skip_input_data = SkipBytes;
  source.resync_to_restart = jpeg_resync_to_restart;
  source.term_source = [](j_decompress_ptr) {};
  info.src = &source;
  progress.progress_monitor = LimitScans;
  info.progress = &progress;
}

bool Reader::Begin(absl::Span<const uint8_t> bytes, const DecodeForm& form) {
  source.next_input_byte = bytes.data();
  source.bytes_in_buffer = bytes.size();
  if (setjmp(failed) != 0) return false;
  jpeg_read_header(&info, TRUE);
  info.scale_num = 1;
  info.scale_denom = static_cast<unsigned>(form.reduce);
  const bool four = info.num_components == 4;
  info.out_color_space = four        ? JCS_CMYK
                         : form.grey ? JCS_GRAYSCALE
                                     : JCS_EXT_RGBX;
  jpeg_calc_output_dimensions(&info);
  return true;
}

bool Reader::Start(JDIMENSION* left, JDIMENSION* width, JDIMENSION top,
                   std::vector<ScanPlace>* places) {
  if (setjmp(failed) != 0) return false;
  jpeg_start_decompress(&info);
  if (info.input_scan_number > 1 && exhausted) {
    errors.msg_code = JERR_INPUT_EOF;
    Fail(reinterpret_cast<j_common_ptr>(&info));
  }
  if (scan_by == ScanBy::kOurs && JpegScan::Knows(info)) {
    scan.Begin(info, {source.next_input_byte, source.bytes_in_buffer}, places);
    info.entropy->decode_mcu = DecodeUnit;
  }
  if (*width < info.output_width) jpeg_crop_scanline(&info, left, width);
  if (top > 0) jpeg_skip_scanlines(&info, top);
  return true;
}

bool Reader::Read(JSAMPROW* rows, JDIMENSION count, JDIMENSION* read) {
  if (setjmp(failed) != 0) return false;
  *read = jpeg_read_scanlines(&info, rows, count);
  return true;
}

// CMYK as JPEG files hold it, inverted, to RGB as Pillow does.
void CmykToRgbx(uint8_t* row, int64_t width) {
  for (int64_t x = 0; x < width; ++x, row += 4) {
    for (int c = 0; c < 3; ++c) {
      const int product = (255 - row[c]) * row[3] + 128;
      row[c] = static_cast<uint8_t>(
          std::max(row[3] - ((product + (product >> 8)) >> 8), 0));
    }
  }
}

// Bytes of grey, in the row's own memory, to pixels of four bytes.
void Spread(uint8_t* row, int64_t width) {
  for (int64_t x = width - 1; x >= 0; --x) row[4 * x] = row[x];
}

// The columns that libjpeg is asked for: where colour has fewer pixels, one of
// its pixels more on each side than what is wanted, since upsampling looks at
// the neighbours. In a progressive file that lacks scans libjpeg smooths each
// block after two neighbours on each side. It begins at a whole block by
// itself.
struct Columns {
  JDIMENSION left;
  JDIMENSION width;
};

Columns ColumnsOf(const jpeg_decompress_struct& info, const Region& region) {
  const int64_t margin =
      info.max_h_samp_factor *
      (info.progressive_mode ? 3 * info.min_DCT_scaled_size : 1);
  const int64_t left = std::max<int64_t>(region.left - margin, 0);
  const int64_t right =
      std::min<int64_t>(region.left + region.width + margin, info.output_width);
  return {static_cast<JDIMENSION>(left), static_cast<JDIMENSION>(right - left)};
}

absl::Status Broken(const Reader& reader, absl::Span<const uint8_t> bytes) {
  const size_t left = reader.exhausted ? 0 : reader.info.src->bytes_in_buffer;
  return BrokenImage(ImageFormat::kJpeg, reader.message.data(),
                     bytes.size() - std::min(left, bytes.size()), bytes.size());
}

// Makes a row of what libjpeg gave pixels of four bytes.
void FinishRow(const jpeg_decompress_struct& info, bool grey, uint8_t* row) {
  if (info.out_color_space == JCS_CMYK) {
    CmykToRgbx(row, info.output_width);
    if (grey) ToLuma(row, info.output_width);
  } else if (grey) {
    Spread(row, info.output_width);
  }
}

// Memory for as many rows as libjpeg gives at once. Rows begin at 4 past a
// multiple of 16, so that they stay in the cache: libjpeg-turbo writes around
// it where they are aligned.
constexpr JDIMENSION kRows = 4;

std::array<JSAMPROW, kRows> RowsOf(JDIMENSION width) {
  static thread_local std::vector<uint8_t> memory;
  const size_t stride = (size_t{width} * 4 + 31) / 16 * 16;
  memory.resize(stride * kRows + 20);
  const size_t address = reinterpret_cast<size_t>(memory.data());
  uint8_t* begin = memory.data() + (20 - address % 16);
  std::array<JSAMPROW, kRows> rows;
  for (size_t i = 0; i < kRows; ++i) rows[i] = begin + i * stride;
  return rows;
}

struct Job {
  absl::Span<const uint8_t> bytes;
  const ImageHeader& header;
  const Region& region;
  const DecodeForm& form;
  RowSink sink;
  int64_t given = 0;  // rows that the sink has
};

// Gives the rows that are still to be given.
absl::Status Decode(Reader& reader, Job& job) {
  if (!reader.Begin(job.bytes, job.form)) return Broken(reader, job.bytes);
  const jpeg_decompress_struct& info = reader.info;
  if (info.image_height != static_cast<JDIMENSION>(job.header.height) ||
      info.image_width != static_cast<JDIMENSION>(job.header.width)) {
    return BrokenImage(ImageFormat::kJpeg, "it has a second frame header", 0,
                       job.bytes.size());
  }
  const Region& region = job.region;
  Columns columns = ColumnsOf(info, region);
  if (!reader.Start(&columns.left, &columns.width,
                    static_cast<JDIMENSION>(region.top), job.form.places)) {
    return Broken(reader, job.bytes);
  }
  std::array<JSAMPROW, kRows> rows = RowsOf(info.output_width);
  const int64_t first = (region.left - int64_t{columns.left}) * 4;
  for (int64_t y = 0; y < region.height;) {
    JDIMENSION read = 0;
    if (!reader.Read(rows.data(), kRows, &read) || read == 0) {
      return Broken(reader, job.bytes);
    }
    for (JDIMENSION i = 0; i < read && y < region.height; ++i, ++y) {
      if (y < job.given) continue;
      FinishRow(info, job.form.grey, rows[i]);
      job.sink(y, rows[i] + first);
      ++job.given;
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status DecodeJpeg(absl::Span<const uint8_t> bytes,
                        const ImageHeader& header, const Region& region,
                        const DecodeForm& form, RowSink sink) {
  Job job = {bytes, header, region, form, sink};
  for (const ScanBy scan : {ScanBy::kOurs, ScanBy::kLibjpeg}) {
    // Made anew for each file: one that is used again keeps the tables of the
    // last, and a file that lacks its own would take them.
    Reader reader(scan);
    absl::Status status = Decode(reader, job);
    if (!reader.odd) return status;
  }
  return absl::InternalError("libjpeg found a file odd");
}

}  // namespace toque
