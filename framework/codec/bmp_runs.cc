// The run-length codes of BMP, RLE8 and RLE4.

#include "framework/codec/bmp.h"

namespace toque {
namespace {

// What follows a zero instead of a run.
constexpr int kEndOfRow = 0;
constexpr int kEndOfPicture = 1;
constexpr int kMove = 2;

class Runs {
 public:
  Runs(absl::Span<const uint8_t> bytes, const BmpHeader& header,
       const Region& region, std::vector<uint8_t>* indices)
      : bytes_(bytes),
        header_(header),
        region_(region),
        indices_(indices),
        at_(header.pixels) {
    indices->assign(region.height * region.width, 0);
  }

  absl::Status Decode() {
    while (y_ < header_.height) {
      if (bytes_.size() - at_ < 2) return EndsTooEarly();
      const int count = bytes_[at_];
      const int value = bytes_[at_ + 1];
      at_ += 2;
      if (count > 0) {
        for (int i = 0; i < count; ++i) Put(Index(value, i));
      } else if (value == kEndOfPicture) {
        break;
      } else if (!Escape(value)) {
        return EndsTooEarly();
      }
    }
    return absl::OkStatus();
  }

 private:
  bool is_rle4() const { return header_.compression == BmpHeader::kRle4; }

  // The index that a byte holds for the i-th pixel that it stands for: RLE4
  // has two in a byte, the upper first.
  int Index(int byte, int i) const {
    if (!is_rle4()) return byte;
    return i % 2 == 0 ? byte >> 4 : byte & 15;
  }

  // False where the file ends.
  bool Escape(int kind) {
    if (kind == kEndOfRow) {
      x_ = 0;
      ++y_;
      return true;
    }
    if (kind == kMove) {
      if (bytes_.size() - at_ < 2) return false;
      x_ += bytes_[at_];
      y_ += bytes_[at_ + 1];
      at_ += 2;
      return true;
    }
    // Pixels as they are, padded to an even number of bytes.
    const size_t size = is_rle4() ? (kind + 1) / 2 : kind;
    if (bytes_.size() - at_ < size) return false;
    for (int i = 0; i < kind; ++i) {
      Put(Index(bytes_[at_ + (is_rle4() ? i / 2 : i)], i));
    }
    at_ += size;
    if (size % 2 != 0 && at_ < bytes_.size()) ++at_;
    return true;
  }

  // What goes beyond its row is dropped.
  void Put(int index) {
    const int64_t row =
        (header_.top_down ? y_ : header_.height - 1 - y_) - region_.top;
    const int64_t column = x_++ - region_.left;
    if (row < 0 || row >= region_.height) return;
    if (column < 0 || column >= region_.width) return;
    (*indices_)[row * region_.width + column] = static_cast<uint8_t>(index);
  }

  absl::Status EndsTooEarly() const {
    return BrokenImage(ImageFormat::kBmp, "the file ends too early", at_,
                       bytes_.size());
  }

  absl::Span<const uint8_t> bytes_;
  const BmpHeader& header_;
  const Region& region_;
  std::vector<uint8_t>* indices_;
  size_t at_;
  int64_t x_ = 0;
  int64_t y_ = 0;  // from the row that is stored first
};

}  // namespace

absl::Status DecodeBmpRuns(absl::Span<const uint8_t> bytes,
                           const BmpHeader& header, const Region& region,
                           std::vector<uint8_t>* indices) {
  return Runs(bytes, header, region, indices).Decode();
}

}  // namespace toque
