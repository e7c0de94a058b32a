#include "framework/image/row_kernels.h"

// Resampling. Highway compiles this file once for each kind of processor.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/image/row_kernels.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace toque::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
namespace {

using Words = hn::ScalableTag<int16_t>;

// A product with a weight is 64ths: level * 2^7 * weight / 2^15.
template <class D>
HWY_INLINE hn::Vec<D> Term(D d, const uint8_t* row, hn::Vec<D> weight) {
  const hn::Rebind<uint8_t, D> bytes;
  const auto levels = hn::PromoteTo(d, hn::LoadU(bytes, row));
  return hn::MulFixedPoint15(hn::ShiftLeft<7>(levels), weight);
}

template <int kCount>
HWY_INLINE void BlendFixed(const uint8_t* const* rows, const int16_t* weights,
                           int64_t bytes, int16_t* out) {
  const Words d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  for (int64_t i = 0; i < bytes; i += lanes) {
    auto sum = Term(d, rows[0] + i, hn::Set(d, weights[0]));
    for (int t = 1; t < kCount; ++t) {
      sum = hn::Add(sum, Term(d, rows[t] + i, hn::Set(d, weights[t])));
    }
    hn::StoreU(sum, d, out + i);
  }
}

// With sums of 32 bits: products that are rounded one by one add up to more
// than a level where there are many.
void BlendMany(const uint8_t* const* rows, const int16_t* weights,
               int64_t count, int64_t bytes, int16_t* out) {
  const hn::ScalableTag<int32_t> d;
  const hn::Rebind<uint8_t, decltype(d)> levels;
  const hn::Rebind<int16_t, decltype(d)> words;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  for (int64_t i = 0; i < bytes; i += lanes) {
    auto sum = hn::Set(d, 1 << 7);
    for (int64_t t = 0; t < count; ++t) {
      const auto level = hn::PromoteTo(d, hn::LoadU(levels, rows[t] + i));
      sum = hn::Add(sum, hn::Mul(level, hn::Set(d, weights[t])));
    }
    hn::StoreU(hn::DemoteTo(words, hn::ShiftRight<8>(sum)), words, out + i);
  }
}

void Blend(const uint8_t* const* rows, const int16_t* weights, int64_t count,
           int64_t bytes, int16_t* out) {
  if (count == 1) return BlendFixed<1>(rows, weights, bytes, out);
  if (count == 2) return BlendFixed<2>(rows, weights, bytes, out);
  if (count == 3) return BlendFixed<3>(rows, weights, bytes, out);
  if (count == 4) return BlendFixed<4>(rows, weights, bytes, out);
  constexpr int64_t kFew = 12;
  if (count > kFew) return BlendMany(rows, weights, count, bytes, out);
  const Words d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  for (int64_t i = 0; i < bytes; i += lanes) {
    auto sum = hn::Zero(d);
    for (int64_t t = 0; t < count; ++t) {
      sum = hn::Add(sum, Term(d, rows[t] + i, hn::Set(d, weights[t])));
    }
    hn::StoreU(sum, d, out + i);
  }
}

void Round(const int16_t* row, int64_t bytes, uint8_t* out) {
  const Words d;
  const hn::Rebind<uint8_t, Words> narrow;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  for (int64_t i = 0; i < bytes; i += lanes) {
    const auto sum = hn::SaturatedAdd(hn::LoadU(d, row + i), hn::Set(d, 32));
    hn::StoreU(hn::DemoteTo(narrow, hn::ShiftRight<6>(sum)), narrow, out + i);
  }
}

void Widen(const uint8_t* row, int64_t bytes, int16_t* out) {
  const Words d;
  const hn::Rebind<uint8_t, Words> narrow;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  for (int64_t i = 0; i < bytes; i += lanes) {
    const auto levels = hn::PromoteTo(d, hn::LoadU(narrow, row + i));
    hn::StoreU(hn::ShiftLeft<6>(levels), d, out + i);
  }
}

// Blocks of 16 bytes, one of an output pixel each: as many as the machine's
// vectors hold.
constexpr int64_t kBlocks = HWY_MAX_BYTES >= 64   ? 4
                            : HWY_MAX_BYTES >= 32 ? 2
                                                  : 1;
using Block = hn::Full128<int16_t>;
using Blocks = hn::CappedTag<int16_t, 8 * kBlocks>;
using Sums = hn::CappedTag<int32_t, 4 * kBlocks>;

HWY_INLINE hn::Vec<Blocks> LoadBlocks(const int16_t* row, const int32_t* first,
                                      int64_t offset) {
  const Block d;
  const auto at = [&](int i) {
    return hn::LoadU(d, row + 4 * first[i] + offset);
  };
#if HWY_MAX_BYTES >= 64
  const hn::Half<Blocks> half;
  return hn::Combine(Blocks(), hn::Combine(half, at(3), at(2)),
                     hn::Combine(half, at(1), at(0)));
#elif HWY_MAX_BYTES >= 32
  return hn::Combine(Blocks(), at(1), at(0));
#else
  return at(0);
#endif
}

// Output pixels, their four channels each, of 2^20ths.
HWY_INLINE hn::Vec<Sums> SumsOf(const int16_t* row, const int32_t* first,
                                const int16_t* weights, int64_t pairs) {
  const Sums sums;
  const Blocks words;
  const hn::Repartition<uint8_t, Blocks> bytes;
  // Two neighbours R G B X R G B X as R R G G B B X X.
  alignas(16) static constexpr uint8_t kOrder[16] = {
      0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15};
  const auto order = hn::LoadDup128(bytes, kOrder);
  auto even = hn::Set(sums, 1 << 19);
  auto odd = hn::Zero(sums);
  for (int64_t k = 0; k < pairs; ++k) {
    const auto pixels = hn::BitCast(bytes, LoadBlocks(row, first, 8 * k));
    even = hn::ReorderWidenMulAccumulate(
        sums, hn::BitCast(words, hn::TableLookupBytes(pixels, order)),
        hn::LoadU(words, weights + 32 * k), even, odd);
  }
  return hn::RearrangeToOddPlusEven(even, odd);
}

template <int kPairs>
HWY_INLINE void ResampleFixed(const int16_t* row, const int32_t* first,
                              const int16_t* weights, int64_t pairs,
                              int64_t pixels, uint8_t* out) {
  const hn::CappedTag<int16_t, 4 * kBlocks> words;
  const hn::CappedTag<uint8_t, 4 * kBlocks> bytes;
  if (kPairs > 0) pairs = kPairs;
  for (int64_t x = 0; x < pixels; x += 4, weights += 32 * pairs) {
    for (int64_t i = 0; i < 4; i += kBlocks) {
      const auto sums = hn::ShiftRight<20>(
          SumsOf(row, first + x + i, weights + 8 * i, pairs));
      hn::StoreU(hn::DemoteTo(bytes, hn::DemoteTo(words, sums)), bytes,
                 out + 4 * (x + i));
    }
  }
}

void Resample(const int16_t* row, const int32_t* first, const int16_t* weights,
              int64_t pairs, int64_t pixels, uint8_t* out) {
  if (pairs == 1) {
    return ResampleFixed<1>(row, first, weights, pairs, pixels, out);
  }
  if (pairs == 2) {
    return ResampleFixed<2>(row, first, weights, pairs, pixels, out);
  }
  if (pairs == 3) {
    return ResampleFixed<3>(row, first, weights, pairs, pixels, out);
  }
  ResampleFixed<0>(row, first, weights, pairs, pixels, out);
}

}  // namespace
}  // namespace toque::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace toque {

HWY_EXPORT(Blend);
HWY_EXPORT(Round);
HWY_EXPORT(Widen);
HWY_EXPORT(Resample);

void BlendRows(const uint8_t* const* rows, const int16_t* weights,
               int64_t count, int64_t bytes, int16_t* out) {
  HWY_DYNAMIC_DISPATCH(Blend)(rows, weights, count, bytes, out);
}

void RoundRow(const int16_t* row, int64_t bytes, uint8_t* out) {
  HWY_DYNAMIC_DISPATCH(Round)(row, bytes, out);
}

void WidenRow(const uint8_t* row, int64_t bytes, int16_t* out) {
  HWY_DYNAMIC_DISPATCH(Widen)(row, bytes, out);
}

void ResampleRow(const int16_t* row, const int32_t* first,
                 const int16_t* weights, int64_t pairs, int64_t pixels,
                 uint8_t* out) {
  HWY_DYNAMIC_DISPATCH(Resample)(row, first, weights, pairs, pixels, out);
}

}  // namespace toque
#endif  // HWY_ONCE
