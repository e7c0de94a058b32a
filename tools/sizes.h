// Numbers as tools read and show them.

#ifndef TOQUE_TOOLS_SIZES_H_
#define TOQUE_TOOLS_SIZES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "framework/status.h"

namespace toque {

// "1,3,224,224" as numbers, each at least `least`. `option` is what errors call
// it: "--input".
absl::StatusOr<std::vector<int64_t>> Sizes(const std::string& option,
                                           const std::string& text,
                                           int64_t least = 1);

// "11,689,512".
std::string WithCommas(int64_t number);
// "11.7 M": thousands as k, then M, G, T.
std::string ShortCount(int64_t number);
// "44.6 MiB", in the largest unit of which there is one.
std::string BytesText(int64_t bytes);

}  // namespace toque

#endif  // TOQUE_TOOLS_SIZES_H_
