// Texts that a user wrote, read with care.

#ifndef TOQUE_FRAMEWORK_CONFIG_TEXT_FILE_H_
#define TOQUE_FRAMEWORK_CONFIG_TEXT_FILE_H_

#include <string>
#include <string_view>

#include "framework/status.h"

namespace toque {

// OK for UTF-8 without zero bytes, of at most 16 MiB. Finds bytes that no text
// has, not every sequence that Unicode forbids.
absl::Status CheckText(std::string_view text);

// The text in a file, which CheckText accepts. No more of a larger file is
// read. Errors begin with the path.
absl::StatusOr<std::string> ReadTextFile(const std::string& path);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_CONFIG_TEXT_FILE_H_
