// Writes a picture's rows as a batch holds them.

#ifndef TOQUE_FRAMEWORK_IMAGE_ROW_WRITER_H_
#define TOQUE_FRAMEWORK_IMAGE_ROW_WRITER_H_

#include <array>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "framework/image/pixels.h"

namespace toque {

// What becomes of a source value v of each channel, and what stands where the
// source has nothing: v * scale + shift, and fill.
struct RowValues {
  std::array<float, 16> scale;
  std::array<float, 16> shift;
  std::array<float, 16> fill;
};

class RowWriter {
 public:
  // `out` has room for height * width * channels values of the form's type.
  // Flipped, columns count from the right. `values` give what is written, of
  // the same range as the type. Bytes that `plain` says are levels already are
  // copied.
  RowWriter(void* out, PixelForm form, int64_t height, int64_t width,
            int64_t channels, bool flip, const RowValues& values, bool plain);

  // Row y is all fill.
  void Fill(int64_t y);
  // Row y has pixels of four bytes from column `begin` on, fill before and
  // after; `row` has room for kRowSlack more bytes.
  void Levels(int64_t y, int64_t begin, int64_t count, const uint8_t* row);
  // Row y of one channel has pixels that lie `stride` apart.
  template <typename Pixel>
  void Pixels(int64_t y, int64_t channel, int64_t begin, int64_t count,
              const Pixel* row, int64_t stride);
  // Columns of row y of one channel, from the left, get these values as they
  // are.
  void Set(int64_t y, int64_t channel, int64_t begin,
           absl::Span<const float> values);

 private:
  bool direct() const {
    return form_.type == PixelForm::kFloat32 && !form_.interleaved;
  }
  // Where floats of a row are to be put; Commit makes them the form's.
  float* Row(int64_t y, int64_t channel);
  void Commit(int64_t y, int64_t channel, const float* row, int64_t begin,
              int64_t count);
  void FillColumns(int64_t y, int64_t channel, int64_t begin, int64_t count);
  void FillAround(int64_t y, int64_t begin, int64_t count);

  void* out_;
  PixelForm form_;
  int64_t height_;
  int64_t width_;
  int64_t channels_;
  bool flip_;
  const RowValues& values_;
  bool plain_;
  std::vector<float>& scratch_;
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_IMAGE_ROW_WRITER_H_
