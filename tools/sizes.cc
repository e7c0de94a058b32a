#include "tools/sizes.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"

namespace toque {

absl::StatusOr<std::vector<int64_t>> Sizes(const std::string& option,
                                           const std::string& text,
                                           int64_t least) {
  std::vector<int64_t> sizes;
  for (const absl::string_view part : absl::StrSplit(text, ',')) {
    int64_t size = 0;
    if (!absl::SimpleAtoi(part, &size) || size < least) {
      return Invalid(absl::StrCat(option, " must be numbers of at least ",
                                  least, ", separated by commas"),
                     text);
    }
    sizes.push_back(size);
  }
  return sizes;
}

std::string WithCommas(int64_t number) {
  std::string text = absl::StrCat(number);
  const size_t first = number < 0 ? 1 : 0;
  for (size_t i = text.size(); i > first + 3;) text.insert(i -= 3, 1, ',');
  return text;
}

std::string BytesText(int64_t bytes) {
  if (bytes < 1024) return absl::StrCat(bytes, " B");
  auto value = static_cast<double>(bytes) / 1024;
  const char* unit = "KiB";
  for (const char* next : {"MiB", "GiB", "TiB"}) {
    if (value < 1024) break;
    value /= 1024;
    unit = next;
  }
  return absl::StrFormat("%.*f %s", value < 100 ? 1 : 0, value, unit);
}

}  // namespace toque
