// Names from files, in errors.

#ifndef TOQUE_FRAMEWORK_ARCHIVE_PRINTABLE_H_
#define TOQUE_FRAMEWORK_ARCHIVE_PRINTABLE_H_

#include <string>
#include <string_view>

#include "absl/strings/escaping.h"
#include "framework/status.h"

namespace toque {

// A name as a file has it, whatever it holds: escaped, its first 200 bytes.
inline std::string Printable(std::string_view name) {
  constexpr size_t kMost = 200;
  return absl::StrCat(absl::CHexEscape(View(name.substr(0, kMost))),
                      name.size() > kMost ? "..." : "");
}

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_ARCHIVE_PRINTABLE_H_
