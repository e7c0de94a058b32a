// A search for the largest that fits.

#ifndef TOQUE_TOOLS_LARGEST_FIT_H_
#define TOQUE_TOOLS_LARGEST_FIT_H_

#include <algorithm>
#include <cstdint>
#include <functional>

namespace toque {

// The largest size from `from` to `max` that `fits`, where `from` does and all
// do up to some size: doubled until one doesn't, then sought between the two
// until they are a 16th apart.
inline int64_t LargestFit(int64_t from, int64_t max,
                          const std::function<bool(int64_t)>& fits) {
  int64_t good = from;
  int64_t bad = max + 1;
  while (good < max && bad > max) {
    const int64_t next = std::min(2 * good, max);
    (fits(next) ? good : bad) = next;
  }
  while (bad - good > std::max<int64_t>(1, good / 16)) {
    const int64_t middle = good + (bad - good) / 2;
    (fits(middle) ? good : bad) = middle;
  }
  return good;
}

}  // namespace toque

#endif  // TOQUE_TOOLS_LARGEST_FIT_H_
