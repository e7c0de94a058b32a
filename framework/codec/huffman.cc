#include "framework/codec/huffman.h"

#include <algorithm>

namespace toque {

void EntropyBits::RefillByByte() {
  while (count_ < 56) {
    uint64_t byte = 0;
    if (at_ < end_ && *at_ != 0xFF) {
      byte = *at_++;
    } else if (end_ - at_ >= 2 && at_[1] == 0) {
      byte = 0xFF;
      at_ += 2;
    } else {
      zeros_ += 8;
    }
    window_ |= byte << (56 - count_);
    count_ += 8;
  }
}

const uint8_t* EntropyBits::Back(int bytes) const {
  const uint8_t* at = at_;
  for (; bytes > 0; --bytes) {
    --at;
    // A zero behind 0xFF is stuffed: 0xFF stands nowhere else.
    if (*at == 0 && at[-1] == 0xFF) --at;
  }
  return at;
}

void HuffmanTable::Make(const uint8_t* counts, const uint8_t* symbols,
                        bool dc) {
  int total = 0;
  for (int length = 1; length <= 16; ++length) total += counts[length];
  const auto size = static_cast<size_t>(total);
  if (limits_[17] != 0 && dc == dc_ &&
      std::memcmp(counts_ + 1, counts + 1, 16) == 0 &&
      std::memcmp(symbols_, symbols, size) == 0) {
    return;
  }
  dc_ = dc;
  std::copy(counts, counts + 17, counts_);
  std::copy(symbols, symbols + size, symbols_);
  uint32_t code = 0;
  int place = 0;
  for (int length = 1; length <= 16; ++length) {
    offsets_[length] = place - static_cast<int>(code);
    place += counts[length];
    code += counts[length];
    limits_[length] = code << (16 - length);
    code <<= 1;
  }
  limits_[17] = UINT32_MAX;
  std::fill_n(codes_, 1 << kPeek, Code());
  uint32_t begin = 0;
  for (int length = 1; length <= kPeek; ++length) {
    const uint32_t step = 1 << (kPeek - length);
    for (; begin << (16 - kPeek) < limits_[length]; begin += step) {
      const Code found = CodeOf(length, begin >> (kPeek - length));
      std::fill_n(codes_ + begin, step, found);
    }
  }
}

HuffmanTable::Code HuffmanTable::CodeOf(int length, uint32_t code) const {
  const int symbol = symbols_[static_cast<int>(code) + offsets_[length]];
  const int extra = dc_ ? symbol : symbol & 15;
  const int zeros = dc_ ? 0 : symbol >> 4;
  const bool end = !dc_ && extra == 0 && zeros != 15;
  Code found;
  found.bits = static_cast<uint8_t>(length + extra);
  found.length = static_cast<uint8_t>(length);
  found.extra = static_cast<uint8_t>(extra);
  found.advance = static_cast<uint8_t>(end ? kEnd : zeros + 1);
  return found;
}

bool HuffmanTable::Find(uint64_t window, Code* code) const {
  const auto next = static_cast<uint32_t>(window >> 48);
  int length = kPeek + 1;
  while (next >= limits_[length]) ++length;
  if (length > 16) return false;
  *code = CodeOf(length, next >> (16 - length));
  return true;
}

}  // namespace toque
