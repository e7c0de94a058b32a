// PBM, PGM and PPM, plain (P1 to P3) and raw (P4 to P6); of several pictures in
// a file the first.

#include <algorithm>
#include <vector>

#include "framework/codec/decoders.h"
#include "framework/codec/scratch.h"

namespace toque {
namespace {

using Bytes = absl::Span<const uint8_t>;

constexpr auto kFormat = ImageFormat::kPnm;
constexpr int64_t kGreatestSide = int64_t{1} << 31;

struct Pnm {
  bool plain = false;
  bool bits = false;  // one a pixel, 1 is black
  int64_t channels = 1;
  int64_t height = 0;
  int64_t width = 0;
  int64_t greatest = 1;
  size_t pixels = 0;  // where they begin

  int64_t samples() const { return channels * width; }  // a row
  int64_t sample_size() const { return greatest > 255 ? 2 : 1; }
  int64_t row_size() const {  // of raw rows
    return bits ? (width + 7) / 8 : samples() * sample_size();
  }
};

absl::Status Fault(Bytes bytes, std::string_view reason, size_t offset) {
  return BrokenImage(kFormat, reason, offset, bytes.size());
}

bool IsSpace(uint8_t c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// Numbers in text, with comments from # to the end of a line.
class Text {
 public:
  Text(Bytes bytes, size_t at) : bytes_(bytes), at_(at) {}

  size_t at() const { return at_; }

  // False where there is no number, or one above `greatest`. `one_digit`:
  // the digits of P1 need nothing between them.
  bool Next(int64_t greatest, int64_t* number, bool one_digit = false) {
    SkipSpace();
    const size_t begin = at_;
    *number = 0;
    while (at_ < bytes_.size() && bytes_[at_] >= '0' && bytes_[at_] <= '9') {
      *number = *number * 10 + (bytes_[at_] - '0');
      if (*number > greatest) return false;
      ++at_;
      if (one_digit) break;
    }
    return at_ > begin;
  }

 private:
  void SkipSpace() {
    bool comment = false;
    for (; at_ < bytes_.size(); ++at_) {
      const uint8_t c = bytes_[at_];
      if (c == '#') comment = true;
      if (c == '\n' || c == '\r') comment = false;
      if (!comment && !IsSpace(c)) return;
    }
  }

  Bytes bytes_;
  size_t at_;
};

// Rows that the file can't hold are refused before anything is made for them.
absl::Status CheckData(Bytes bytes, const Pnm& pnm) {
  // A plain sample is a digit and a space at least; the digits of P1 are alone,
  // and the last sample ends with the file.
  const int64_t digits = pnm.bits ? 1 : 2;
  const int64_t row = pnm.plain ? digits * pnm.samples() : pnm.row_size();
  const int64_t there =
      static_cast<int64_t>(bytes.size() - pnm.pixels) + (pnm.plain ? 1 : 0);
  if (there / pnm.height >= row) return absl::OkStatus();
  return Fault(bytes,
               absl::StrCat(pnm.height, " rows of ", row, " bytes begin at ",
                            pnm.pixels, " and the file ends"),
               bytes.size());
}

absl::StatusOr<Pnm> Parse(Bytes bytes) {
  Pnm pnm;
  const int kind = bytes[1] - '0';
  pnm.plain = kind <= 3;
  pnm.bits = kind % 3 == 1;
  pnm.channels = kind % 3 == 0 ? 3 : 1;
  Text text(bytes, 2);
  if (!text.Next(kGreatestSide, &pnm.width) ||
      !text.Next(kGreatestSide, &pnm.height) || pnm.width < 1 ||
      pnm.height < 1) {
    return Fault(bytes, "there is no size that is allowed", text.at());
  }
  if (!pnm.bits && (!text.Next(65535, &pnm.greatest) || pnm.greatest < 1)) {
    return Fault(bytes, "the greatest value must be 1 to 65535", text.at());
  }
  pnm.pixels = text.at();
  // A single space ends the header.
  if (pnm.pixels >= bytes.size() || !IsSpace(bytes[pnm.pixels])) {
    return Fault(bytes, "the header has no end", pnm.pixels);
  }
  ++pnm.pixels;
  RETURN_IF_ERROR(CheckData(bytes, pnm));
  return pnm;
}

uint8_t Level(const Pnm& pnm, int64_t value) {
  if (pnm.bits) return value != 0 ? 0 : 255;
  value = std::min(value, pnm.greatest);
  return static_cast<uint8_t>((value * 255 + pnm.greatest / 2) / pnm.greatest);
}

// The sample at `index` of a raw row.
int64_t RawSample(const Pnm& pnm, const uint8_t* row, int64_t index) {
  if (pnm.bits) return row[index / 8] >> (7 - index % 8) & 1;
  if (pnm.sample_size() == 1) return row[index];
  return row[2 * index] << 8 | row[2 * index + 1];
}

// Levels of row `y`, or of the next one where numbers are text.
absl::Status ReadRow(Bytes bytes, const Pnm& pnm, int64_t y, Text* text,
                     std::vector<uint8_t>* levels) {
  const uint8_t* const raw = &bytes[pnm.pixels] + y * pnm.row_size();
  for (int64_t i = 0; i < pnm.samples(); ++i) {
    int64_t value = 0;
    if (!pnm.plain) {
      value = RawSample(pnm, raw, i);
    } else if (!text->Next(pnm.greatest, &value, pnm.bits)) {
      return Fault(bytes,
                   absl::StrCat("there is no number of 0 to ", pnm.greatest),
                   text->at());
    }
    (*levels)[i] = Level(pnm, value);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ImageHeader> ReadPnmHeader(Bytes bytes) {
  ASSIGN_OR_RETURN(const Pnm pnm, Parse(bytes));
  return ImageHeader{kFormat, pnm.height, pnm.width, 1};
}

absl::Status DecodePnm(Bytes bytes, const ImageHeader& /*header*/,
                       const Region& region, const DecodeForm& form,
                       RowSink sink) {
  ASSIGN_OR_RETURN(const Pnm pnm, Parse(bytes));
  thread_local std::vector<uint8_t> levels;
  thread_local std::vector<uint8_t> out;
  const Scratch kept_levels(&levels), kept_out(&out);
  levels.resize(pnm.samples());
  out.resize(4 * region.width);
  Text text(bytes, pnm.pixels);
  // Text has to be read from its beginning.
  for (int64_t y = pnm.plain ? 0 : region.top; y < region.top + region.height;
       ++y) {
    RETURN_IF_ERROR(ReadRow(bytes, pnm, y, &text, &levels));
    if (y < region.top) continue;
    for (int64_t x = 0; x < region.width; ++x) {
      const uint8_t* const pixel = &levels[(region.left + x) * pnm.channels];
      for (int c = 0; c < 3; ++c) {
        out[4 * x + c] = pixel[pnm.channels == 1 ? 0 : c];
      }
    }
    if (form.grey) ToLuma(out.data(), region.width);
    sink(y - region.top, out.data());
  }
  return absl::OkStatus();
}

}  // namespace toque
