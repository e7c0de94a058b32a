// Huffman-coded numbers of JPEG (ITU-T T.81, annexes C and F): bits with
// stuffed bytes taken out, and tables that give a code and its number at once.

#ifndef TOQUE_FRAMEWORK_CODEC_HUFFMAN_H_
#define TOQUE_FRAMEWORK_CODEC_HUFFMAN_H_

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace toque {

// The bits between two markers. After the last come zeros, without end.
class EntropyBits {
 public:
  EntropyBits() = default;
  // Begins `skip` (0 to 7) bits behind `at`.
  EntropyBits(const uint8_t* at, const uint8_t* end, int skip = 0)
      : at_(at), end_(end) {
    Refill();
    Drop(skip);
  }

  // At least 56 bits follow.
  void Refill() {
    if (end_ - at_ >= 8) {
      uint64_t next;
      std::memcpy(&next, at_, sizeof(next));
      next = __builtin_bswap64(next);
      if (!HasFf(next)) {
        window_ |= next >> count_;
        at_ += (63 - count_) >> 3;
        count_ |= 56;
        return;
      }
    }
    RefillByByte();
  }
  int count() const { return count_; }
  // The next bits, the first of them uppermost.
  uint64_t window() const { return window_; }
  void Drop(int bits) {
    window_ <<= bits;
    count_ -= bits;
  }

  // Whether more bits were dropped than there were.
  bool Overrun() const { return count_ < zeros_; }
  // The byte that holds the next bit, and where in it; not after an overrun.
  const uint8_t* Byte() const { return Back((count_ - zeros_ + 7) / 8); }
  int BitInByte() const { return -(count_ - zeros_) & 7; }
  // The first byte that no bit was dropped of.
  const uint8_t* NextWholeByte() const { return Back((count_ - zeros_) / 8); }
  const uint8_t* end() const { return end_; }

 private:
  // Whether one of the eight bytes is 0xFF.
  static bool HasFf(uint64_t bytes) {
    constexpr uint64_t kOnes = 0x0101010101010101;
    return ((~bytes - kOnes) & bytes & (kOnes << 7)) != 0;
  }
  void RefillByByte();
  const uint8_t* Back(int bytes) const;

  uint64_t window_ = 0;  // the next bit is the uppermost
  const uint8_t* at_ = nullptr;
  const uint8_t* end_ = nullptr;
  int count_ = 0;  // bits that are valid
  int zeros_ = 0;  // of them, that stand for what is not there
};

// What a code and the bits behind it say.
struct HuffmanNumber {
  int value = 0;
  // Places to go on by: 1 and the zeros before; kEnd for the end of a block.
  size_t advance = 0;
};

class HuffmanTable {
 public:
  static constexpr size_t kEnd = 128;

  // Of the table in a file: how many codes there are of each length (1 to 16,
  // at [1..16]), and their symbols. They must be valid. `dc` where a symbol is
  // a number of bits alone. Does nothing if it is the same as before.
  void Make(const uint8_t* counts, const uint8_t* symbols, bool dc);

  // What `bits`, which has at least 32, begins with. False for no code.
  bool Read(EntropyBits* bits, HuffmanNumber* number) const {
    const uint64_t window = bits->window();
    Code code = codes_[window >> (64 - kPeek)];
    if (code.bits == 0 && !Find(window, &code)) [[unlikely]]
      return false;
    bits->Drop(code.bits);
    number->advance = code.advance;
    // The extra bits; those that begin with 0 stand for negative numbers.
    const uint64_t rest = window << code.length;
    const auto extra = static_cast<int>(rest >> 1 >> (63 - code.extra));
    const int negative = ~(static_cast<int64_t>(rest) >> 63);
    number->value = extra + (negative & (1 - (1 << code.extra)));
    return true;
  }

 private:
  static constexpr int kPeek = 10;
  struct Code {
    uint8_t bits = 0;    // in all; 0: the code is longer than kPeek, or none
    uint8_t length = 0;  // of the code
    uint8_t extra = 0;   // bits behind it
    uint8_t advance = 0;
  };
  Code CodeOf(int length, uint32_t code) const;
  bool Find(uint64_t window, Code* code) const;

  Code codes_[1 << kPeek];
  bool dc_ = false;
  uint8_t counts_[17] = {};
  uint8_t symbols_[256] = {};
  // For each length: the first code that is longer, as 16 bits, and what is
  // added to a code to give the place of its symbol.
  uint32_t limits_[18] = {};
  int offsets_[17] = {};
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_CODEC_HUFFMAN_H_
