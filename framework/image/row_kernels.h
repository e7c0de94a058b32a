// The inner loops of resampling and writing, for the widest vectors of the
// machine. Whole numbers throughout, so that every machine gives the same
// levels; rows are pixels of four bytes.

#ifndef TOQUE_FRAMEWORK_IMAGE_ROW_KERNELS_H_
#define TOQUE_FRAMEWORK_IMAGE_ROW_KERNELS_H_

#include <cstdint>

namespace toque {

// Rows that kernels read or write have room for this many further bytes.
inline constexpr int64_t kRowSlack = 256;

// out[i] = the sum of rows[t][i] * weights[t], in 64ths of a level. Weights are
// those of Taps.
void BlendRows(const uint8_t* const* rows, const int16_t* weights,
               int64_t count, int64_t bytes, int16_t* out);

// 64ths of a level, rounded and limited to 0..255.
void RoundRow(const int16_t* row, int64_t bytes, uint8_t* out);

// Bytes as 64ths of a level.
void WidenRow(const uint8_t* row, int64_t bytes, int16_t* out);

// Output pixel x is the sum over t of row[first[x] + t] * weight t, rounded and
// limited to 0..255. `weights` holds, for each group of 4 pixels and each pair
// of taps, 4 x 4 times the two weights.
void ResampleRow(const int16_t* row, const int32_t* first,
                 const int16_t* weights, int64_t pairs, int64_t pixels,
                 uint8_t* out);

// The first `channels` (1, 3 or 4) bytes of each pixel as out[c * plane + x] =
// level * scale[c] + shift[c]; from right to left where flipped.
void WritePlanes(const uint8_t* row, int64_t width, int64_t channels, bool flip,
                 const float* scale, const float* shift, int64_t plane,
                 float* out);

// The same bytes as they are: plane after plane, or side by side.
void WriteBytePlanes(const uint8_t* row, int64_t width, int64_t channels,
                     bool flip, int64_t plane, uint8_t* out);
void WriteBytes(const uint8_t* row, int64_t width, int64_t channels, bool flip,
                uint8_t* out);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_IMAGE_ROW_KERNELS_H_
