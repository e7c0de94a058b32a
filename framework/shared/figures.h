// Figures that data sets draw.

#ifndef TOQUE_FRAMEWORK_SHARED_FIGURES_H_
#define TOQUE_FRAMEWORK_SHARED_FIGURES_H_

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace toque {

inline constexpr int64_t kFigures = 5;

// Whether the point is in the figure, which fills about the square from -1 to 1
// (x to the right, y down).
inline bool FigureCovers(int64_t figure, float x, float y) {
  const float square = x * x + y * y;
  const float wide = std::max(std::abs(x), std::abs(y));
  switch (figure) {
    case 0:  // disc
      return square < 1;
    case 1:  // square
      return wide < 0.85f;
    case 2:  // triangle
      return y < 0.8f && 2 * std::abs(x) < y + 1;
    case 3:  // cross
      return wide < 1 && std::min(std::abs(x), std::abs(y)) < 0.3f;
    default:  // ring
      return square < 1 && square > 0.4f;
  }
}

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_SHARED_FIGURES_H_
