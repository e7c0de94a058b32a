#include "tools/sizes.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"

namespace toque {
namespace {

// In the largest of `units`, each `base` times the one before, of which there
// is one.
std::string InUnits(int64_t number, double base,
                    const std::vector<const char*>& units) {
  double value = static_cast<double>(number) / base;
  size_t i = 0;
  for (; i + 1 < units.size() && value >= base; ++i) value /= base;
  return absl::StrFormat("%.*f %s", value < 100 ? 1 : 0, value, units[i]);
}

}  // namespace

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

std::string ShortCount(int64_t number) {
  if (number < 1000) return absl::StrCat(number);
  return InUnits(number, 1000, {"k", "M", "G", "T"});
}

std::string BytesText(int64_t bytes) {
  if (bytes < 1024) return absl::StrCat(bytes, " B");
  return InUnits(bytes, 1024, {"KiB", "MiB", "GiB", "TiB"});
}

}  // namespace toque
