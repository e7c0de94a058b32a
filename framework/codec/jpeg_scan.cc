#include "framework/codec/jpeg_scan.h"

#include <algorithm>
#include <array>
// After jpeglib.h, which it needs.
#include "jpegint.h"

namespace toque {
namespace {

// Units of a row between two places that are remembered.
constexpr int64_t kStride = 16;

// Where the k-th coefficient lies in a block. Behind the last come as many as
// an end of block may reach, at a place that it leaves zero.
constexpr auto kOrder = [] {
  constexpr uint8_t kZigzag[DCTSIZE2] = {
      0,  1,  8,  16, 9,  2,  3,  10, 17, 24, 32, 25, 18, 11, 4,  5,
      12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6,  7,  14, 21, 28,
      35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
      58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63};
  std::array<uint8_t, DCTSIZE2 + HuffmanTable::kEnd> order = {};
  order.fill(DCTSIZE2 - 1);
  std::copy(kZigzag, kZigzag + DCTSIZE2, order.begin());
  return order;
}();

// The coefficients of a block but its first; false where they are too many.
template <bool kKept>
bool DecodeRest(const HuffmanTable& table, EntropyBits* bits, JCOEF* block) {
  size_t k = 1;
  while (true) {
    bits->Refill();
    // Few numbers are so long that three don't fit.
    for (int i = 0; i < 3; ++i) {
      if (bits->count() < 32) [[unlikely]]
        bits->Refill();
      HuffmanNumber number;
      if (!table.Read(bits, &number)) return false;
      k += number.advance;
      if constexpr (kKept) {
        block[kOrder[k - 1]] = static_cast<JCOEF>(number.value);
      }
      if (k >= DCTSIZE2) return k == DCTSIZE2 || k > HuffmanTable::kEnd;
    }
  }
}

}  // namespace

bool JpegScan::Knows(const jpeg_decompress_struct& info) {
  return !info.progressive_mode && !info.arith_code &&
         !info.inputctl->has_multiple_scans &&
         info.comps_in_scan == info.num_components &&
         (info.num_components > 1 || info.comp_info[0].v_samp_factor == 1);
}

void JpegScan::Begin(const jpeg_decompress_struct& info,
                     absl::Span<const uint8_t> bytes,
                     std::vector<ScanPlace>* places) {
  static thread_local HuffmanTable dc[NUM_HUFF_TBLS], ac[NUM_HUFF_TBLS];
  columns_ = info.master;
  places_ = places;
  begin_ = bytes.data();
  bits_ = EntropyBits(begin_, begin_ + bytes.size());
  units_per_row_ = info.MCUs_per_row;
  places_per_row_ = (units_per_row_ + kStride - 1) / kStride;
  restart_interval_ = info.restart_interval;
  next_ = current_ = 0;
  restarted_ = true;
  std::fill(std::begin(dc_), std::end(dc_), 0);
  for (int c = 0; c < info.comps_in_scan; ++c) {
    const jpeg_component_info& component = *info.cur_comp_info[c];
    const JHUFF_TBL& d = *info.dc_huff_tbl_ptrs[component.dc_tbl_no];
    const JHUFF_TBL& a = *info.ac_huff_tbl_ptrs[component.ac_tbl_no];
    dc[component.dc_tbl_no].Make(d.bits, d.huffval, true);
    ac[component.ac_tbl_no].Make(a.bits, a.huffval, false);
  }
  block_count_ = info.blocks_in_MCU;
  for (int i = 0; i < block_count_; ++i) {
    const int c = info.MCU_membership[i];
    const jpeg_component_info& component = *info.cur_comp_info[c];
    blocks_[i] = {static_cast<uint8_t>(c), &dc[component.dc_tbl_no],
                  &ac[component.ac_tbl_no]};
  }
}

bool JpegScan::Next(JBLOCKROW* blocks) {
  const int64_t unit = next_++;
  if (blocks == nullptr) return true;
  const int64_t column = unit % units_per_row_;
  if (column < columns_->first_iMCU_col || column > columns_->last_iMCU_col) {
    return true;
  }
  return GoTo(unit) && DecodeUnit<true>(blocks);
}

// To the beginning of a unit, which is not before the current one.
bool JpegScan::GoTo(int64_t unit) {
  if (unit != current_ && places_ != nullptr && !places_->empty()) {
    const int64_t wanted = unit / units_per_row_ * places_per_row_ +
                           unit % units_per_row_ / kStride;
    const auto known = static_cast<int64_t>(places_->size());
    JumpTo(std::min(wanted, known - 1));
  }
  while (current_ < unit) {
    if (!DecodeUnit<false>(nullptr)) return false;
  }
  return true;
}

// Unless it is behind.
void JpegScan::JumpTo(int64_t place) {
  const int64_t unit = place / places_per_row_ * units_per_row_ +
                       place % places_per_row_ * kStride;
  if (unit <= current_) return;
  const ScanPlace& at = (*places_)[static_cast<size_t>(place)];
  bits_ = EntropyBits(begin_ + at.bit / 8, bits_.end(),
                      static_cast<int>(at.bit % 8));
  std::copy(std::begin(at.dc), std::end(at.dc), dc_);
  current_ = unit;
  restarted_ = true;
}

bool JpegScan::PassRestart() {
  const uint8_t* marker = bits_.NextWholeByte();
  const auto number =
      static_cast<uint8_t>((current_ / restart_interval_ - 1) & 7);
  if (bits_.end() - marker < 2 || marker[0] != 0xFF ||
      marker[1] != JPEG_RST0 + number) {
    return false;
  }
  bits_ = EntropyBits(marker + 2, bits_.end());
  std::fill(std::begin(dc_), std::end(dc_), 0);
  return true;
}

template <bool kKept>
bool JpegScan::DecodeUnit(JBLOCKROW* blocks) {
  if (restart_interval_ > 0 && current_ % restart_interval_ == 0 &&
      !restarted_ && !PassRestart()) {
    return false;
  }
  if (places_ != nullptr) Remember();
  EntropyBits bits = bits_;
  for (int i = 0; i < block_count_; ++i) {
    const Block& block = blocks_[i];
    bits.Refill();
    HuffmanNumber first;
    if (!block.dc->Read(&bits, &first)) return false;
    const int value = dc_[block.component] + first.value;
    if (value != static_cast<int16_t>(value)) return false;
    dc_[block.component] = static_cast<int16_t>(value);
    JCOEF* const out = kKept ? blocks[i][0] : nullptr;
    if constexpr (kKept) out[0] = static_cast<JCOEF>(value);
    if (!DecodeRest<kKept>(*block.ac, &bits, out)) return false;
  }
  bits_ = bits;
  restarted_ = false;
  ++current_;
  return !bits_.Overrun();
}

// The current unit's place, if it is the next that is to be known.
void JpegScan::Remember() {
  const int64_t column = current_ % units_per_row_;
  if (column % kStride != 0) return;
  const int64_t place =
      current_ / units_per_row_ * places_per_row_ + column / kStride;
  if (place != static_cast<int64_t>(places_->size())) return;
  ScanPlace& added = places_->emplace_back();
  added.bit =
      static_cast<uint32_t>((bits_.Byte() - begin_) * 8 + bits_.BitInByte());
  std::copy(std::begin(dc_), std::end(dc_), added.dc);
}

}  // namespace toque
