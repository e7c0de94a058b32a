#include "framework/augment/neighbours.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "framework/augment/blend.h"

namespace toque {
namespace {

// Memory that grows to the greatest picture of a thread and stays.
template <typename Value>
Value* Line(std::vector<Value>& memory, int64_t size) {
  if (memory.size() < static_cast<size_t>(size)) {
    memory.resize(static_cast<size_t>(size));
  }
  return memory.data();
}

// A row that has neighbours. `sums` is memory of a row.
void SharpenRow(const EditablePixels& in, int64_t y, float factor,
                uint16_t* sums, uint8_t* out) {
  const uint8_t* above = in.row(y - 1);
  const uint8_t* row = in.row(y);
  const uint8_t* below = in.row(y + 1);
  const int64_t channels = in.channels;
  const int64_t size = in.width * channels;
  for (int64_t i = 0; i < size; ++i) {
    sums[i] = static_cast<uint16_t>(above[i] + row[i] + below[i]);
  }
  std::memcpy(out, row, static_cast<size_t>(channels));
  for (int64_t i = channels; i < size - channels; ++i) {
    // Weights of 1, and 5 in the middle, over 13; no sum is a half.
    const int sum =
        sums[i - channels] + sums[i] + sums[i + channels] + 4 * row[i];
    out[i] = Blend((2 * sum + 13) / 26, row[i], factor);
  }
  std::memcpy(out + size - channels, row + size - channels,
              static_cast<size_t>(channels));
}

// The middle of a symmetric kernel, and its weights outwards.
const float* HalfKernel(int64_t kernel_size, double sigma) {
  thread_local std::vector<float> memory;
  const int64_t radius = kernel_size / 2;
  float* half = Line(memory, radius + 1);
  double sum = 0;
  for (int64_t i = 0; i <= radius; ++i) {
    const double distance = static_cast<double>(i) / sigma;
    const double density = std::exp(-0.5 * distance * distance);
    half[i] = static_cast<float>(density);
    sum += i == 0 ? density : 2 * density;
  }
  for (int64_t i = 0; i <= radius; ++i) {
    half[i] = static_cast<float>(half[i] / sum);
  }
  return half;
}

template <typename Value>
void SetScaled(const Value* in, float weight, int64_t size, float* out) {
  for (int64_t i = 0; i < size; ++i) {
    out[i] = weight * static_cast<float>(in[i]);
  }
}

template <typename Value>
void AddScaled(const Value* in, const Value* other, float weight, int64_t size,
               float* out) {
  for (int64_t i = 0; i < size; ++i) {
    out[i] += weight * static_cast<float>(in[i] + other[i]);
  }
}

// A place that may lie beyond a side of `size`, mirrored back.
int64_t Mirrored(int64_t at, int64_t size) {
  if (at < 0) return -at;
  return at < size ? at : 2 * (size - 1) - at;
}

// The rows around `y`, weighted, into `out`, with `radius` pixels more on each
// side.
void BlurDown(const EditablePixels& in, int64_t y, const float* half,
              int64_t radius, float* out) {
  const int64_t channels = in.channels;
  const int64_t size = in.width * channels;
  float* const middle = out + radius * channels;
  SetScaled(in.row(y), half[0], size, middle);
  for (int64_t i = 1; i <= radius; ++i) {
    AddScaled(in.row(Mirrored(y - i, in.height)),
              in.row(Mirrored(y + i, in.height)), half[i], size, middle);
  }
  for (int64_t i = 1; i <= radius; ++i) {
    for (int64_t c = 0; c < channels; ++c) {
      middle[-i * channels + c] = middle[i * channels + c];
      middle[(in.width - 1 + i) * channels + c] =
          middle[(in.width - 1 - i) * channels + c];
    }
  }
}

}  // namespace

void AdjustSharpness(const EditablePixels& in, double factor,
                     const EditablePixels& out) {
  const int64_t size = in.width * in.channels;
  thread_local std::vector<uint16_t> memory;
  uint16_t* sums = Line(memory, size);
  for (int64_t y = 0; y < in.height; ++y) {
    if (y == 0 || y == in.height - 1 || in.width < 3) {
      std::memcpy(out.row(y), in.row(y), static_cast<size_t>(size));
    } else {
      SharpenRow(in, y, static_cast<float>(factor), sums, out.row(y));
    }
  }
}

void Blur(const EditablePixels& in, int64_t kernel_size, double sigma,
          const EditablePixels& out) {
  const int64_t radius = kernel_size / 2;
  const int64_t channels = in.channels;
  const int64_t size = in.width * channels;
  const float* half = HalfKernel(kernel_size, sigma);
  thread_local std::vector<float> row_memory;
  thread_local std::vector<float> sum_memory;
  float* row = Line(row_memory, size + 2 * radius * channels);
  float* sum = Line(sum_memory, size);
  for (int64_t y = 0; y < in.height; ++y) {
    BlurDown(in, y, half, radius, row);
    const float* middle = row + radius * channels;
    SetScaled(middle, half[0], size, sum);
    for (int64_t i = 1; i <= radius; ++i) {
      AddScaled(middle - i * channels, middle + i * channels, half[i], size,
                sum);
    }
    uint8_t* to = out.row(y);
    for (int64_t i = 0; i < size; ++i) {
      to[i] = static_cast<uint8_t>(std::min(sum[i] + 0.5f, 255.0f));
    }
  }
}

}  // namespace toque
