// The entropy-coded data of a baseline JPEG file, decoded from where it is
// wanted. libjpeg's own decoder must begin at the top and pass through every
// column; this one stands in its place and gives the same coefficients.

#ifndef TOQUE_FRAMEWORK_CODEC_JPEG_SCAN_H_
#define TOQUE_FRAMEWORK_CODEC_JPEG_SCAN_H_

#include <cstdint>
#include <cstdio>
#include <vector>

#include "absl/types/span.h"
#include "framework/codec/codec.h"
#include "framework/codec/huffman.h"
#include "jpeglib.h"

namespace toque {

// Has no destructor: libjpeg's errors jump over it.
class JpegScan {
 public:
  // Whether it can decode what `info`, started, is about to: one interleaved
  // scan, Huffman-coded, not progressive.
  static bool Knows(const jpeg_decompress_struct& info);

  // Begins with the scan's first unit. `bytes` begin with its data; `places`,
  // which may be null, are those of the same file, and grow.
  void Begin(const jpeg_decompress_struct& info,
             absl::Span<const uint8_t> bytes, std::vector<ScanPlace>* places);

  // The next unit's coefficients into `blocks`, which are zero; null where they
  // are not wanted. Units outside of the columns that libjpeg transforms are
  // passed over. False for data that are not as the standard says: what libjpeg
  // makes of them is for libjpeg to say.
  bool Next(JBLOCKROW* blocks);

 private:
  struct Block {
    uint8_t component;
    const HuffmanTable* dc;
    const HuffmanTable* ac;
  };

  bool GoTo(int64_t unit);
  void JumpTo(int64_t place);
  bool PassRestart();
  void Remember();
  template <bool kKept>
  bool DecodeUnit(JBLOCKROW* blocks);

  const jpeg_decomp_master* columns_;  // which are wanted
  std::vector<ScanPlace>* places_;
  EntropyBits bits_;
  const uint8_t* begin_;
  int64_t units_per_row_;
  int64_t places_per_row_;
  int64_t restart_interval_;
  int64_t next_;     // that libjpeg asks for
  int64_t current_;  // that `bits_` stands at
  bool restarted_;   // the marker before the current unit has been read
  int block_count_;
  Block blocks_[D_MAX_BLOCKS_IN_MCU];
  int16_t dc_[MAX_COMPS_IN_SCAN];
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_CODEC_JPEG_SCAN_H_
