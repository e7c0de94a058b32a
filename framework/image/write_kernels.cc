#include <algorithm>

#include "framework/image/row_kernels.h"

// Writing. Highway compiles this file once for each kind of processor.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "framework/image/write_kernels.cc"
#include "hwy/cache_control.h"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace toque::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
namespace {

using Floats = hn::ScalableTag<float>;
using FewBytes = hn::Rebind<uint8_t, Floats>;

template <bool kStream>
HWY_INLINE void Scaled(hn::Vec<FewBytes> levels, float scale, float shift,
                       bool flip, float* out) {
  const Floats d;
  const hn::RebindToSigned<Floats> whole;
  auto values = hn::ConvertTo(d, hn::PromoteTo(whole, levels));
  values = hn::MulAdd(values, hn::Set(d, scale), hn::Set(d, shift));
  if (flip) values = hn::Reverse(d, values);
  if (kStream) {
    hn::Stream(values, d, out);
  } else {
    hn::StoreU(values, d, out);
  }
}

template <bool kStream>
int64_t PlanesFrom(const uint8_t* row, int64_t width, int64_t channels,
                   bool flip, const float* scale, const float* shift,
                   int64_t plane, float* out) {
  const FewBytes d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  int64_t x = 0;
  for (; x + lanes <= width; x += lanes) {
    hn::Vec<FewBytes> r, g, b, a;
    hn::LoadInterleaved4(d, row + 4 * x, r, g, b, a);
    float* to = out + (flip ? width - lanes - x : x);
    Scaled<kStream>(r, scale[0], shift[0], flip, to);
    if (channels == 1) continue;
    Scaled<kStream>(g, scale[1], shift[1], flip, to + plane);
    Scaled<kStream>(b, scale[2], shift[2], flip, to + 2 * plane);
    if (channels == 3) continue;
    Scaled<kStream>(a, scale[3], shift[3], flip, to + 3 * plane);
  }
  return x;
}

// Whether to write around the cache: a picture that does not fit there is only
// in the way of what does.
bool Streams(int64_t width, int64_t channels, int64_t plane, const float* out) {
  constexpr int64_t kLarge = 1 << 16;
  const auto bytes = static_cast<int64_t>(hn::Lanes(Floats()) * sizeof(float));
  return channels * plane >= kLarge && width * 4 % bytes == 0 &&
         plane * 4 % bytes == 0 &&
         reinterpret_cast<uintptr_t>(out) % static_cast<size_t>(bytes) == 0;
}

void Planes(const uint8_t* row, int64_t width, int64_t channels, bool flip,
            const float* scale, const float* shift, int64_t plane, float* out) {
  if (Streams(width, channels, plane, out)) {
    PlanesFrom<true>(row, width, channels, flip, scale, shift, plane, out);
    return hwy::FlushStream();
  }
  int64_t x =
      PlanesFrom<false>(row, width, channels, flip, scale, shift, plane, out);
  // With MulAdd too, so that it is rounded as often.
  const hn::CappedTag<float, 1> one;
  for (; x < width; ++x) {
    float* to = out + (flip ? width - 1 - x : x);
    for (int64_t c = 0; c < channels; ++c) {
      const auto level = hn::Set(one, static_cast<float>(row[4 * x + c]));
      const auto value =
          hn::MulAdd(level, hn::Set(one, scale[c]), hn::Set(one, shift[c]));
      to[c * plane] = hn::GetLane(value);
    }
  }
}

using Bytes = hn::Full128<uint8_t>;

HWY_INLINE hn::Vec<Bytes> Mirrored(hn::Vec<Bytes> v) {
  alignas(16) static constexpr uint8_t kOrder[16] = {
      15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0};
  return hn::TableLookupBytes(v, hn::Load(Bytes(), kOrder));
}

void BytePlanes(const uint8_t* row, int64_t width, int64_t channels, bool flip,
                int64_t plane, uint8_t* out) {
  const Bytes d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  int64_t x = 0;
  for (; x + lanes <= width; x += lanes) {
    hn::Vec<Bytes> v[4];
    hn::LoadInterleaved4(d, row + 4 * x, v[0], v[1], v[2], v[3]);
    uint8_t* to = out + (flip ? width - lanes - x : x);
    for (int64_t c = 0; c < channels; ++c) {
      hn::StoreU(flip ? Mirrored(v[c]) : v[c], d, to + c * plane);
    }
  }
  for (; x < width; ++x) {
    uint8_t* to = out + (flip ? width - 1 - x : x);
    for (int64_t c = 0; c < channels; ++c) to[c * plane] = row[4 * x + c];
  }
}

// Four pixels R G B X without their X: at the front, or mirrored at the back.
alignas(16) constexpr uint8_t kForward[16] = {0,  1,  2,  4,  5, 6, 8, 9,
                                              10, 12, 13, 14, 0, 0, 0, 0};
alignas(16) constexpr uint8_t kBackward[16] = {0, 0,  0, 0, 12, 13, 14, 8,
                                               9, 10, 4, 5, 6,  0,  1,  2};

// Pixels of three bytes, as many as can be stored by vectors whose other four
// bytes are written over by what comes after. Returns how many.
int64_t InterleaveRgb(const uint8_t* row, int64_t width, bool flip,
                      uint8_t* out) {
  const Bytes d;
  const auto order = hn::Load(d, flip ? kBackward : kForward);
  int64_t x = 0;
  for (; x + 5 < width; x += 4) {
    const auto pixels = hn::TableLookupBytes(hn::LoadU(d, row + 4 * x), order);
    hn::StoreU(pixels, d, out + (flip ? 3 * (width - 4 - x) - 4 : 3 * x));
  }
  return x;
}

void Interleave(const uint8_t* row, int64_t width, int64_t channels, bool flip,
                uint8_t* out) {
  int64_t x = channels == 3 ? InterleaveRgb(row, width, flip, out) : 0;
  for (; x < width; ++x) {
    const int64_t to = flip ? width - 1 - x : x;
    std::copy_n(row + 4 * x, channels, out + channels * to);
  }
}

}  // namespace
}  // namespace toque::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace toque {

HWY_EXPORT(Planes);
HWY_EXPORT(BytePlanes);
HWY_EXPORT(Interleave);

void WritePlanes(const uint8_t* row, int64_t width, int64_t channels, bool flip,
                 const float* scale, const float* shift, int64_t plane,
                 float* out) {
  HWY_DYNAMIC_DISPATCH(Planes)
  (row, width, channels, flip, scale, shift, plane, out);
}

void WriteBytePlanes(const uint8_t* row, int64_t width, int64_t channels,
                     bool flip, int64_t plane, uint8_t* out) {
  HWY_DYNAMIC_DISPATCH(BytePlanes)(row, width, channels, flip, plane, out);
}

void WriteBytes(const uint8_t* row, int64_t width, int64_t channels, bool flip,
                uint8_t* out) {
  HWY_DYNAMIC_DISPATCH(Interleave)(row, width, channels, flip, out);
}

}  // namespace toque
#endif  // HWY_ONCE
