// A file's bytes, read into memory that is kept.

#ifndef TOQUE_FRAMEWORK_SHARED_READ_FILE_H_
#define TOQUE_FRAMEWORK_SHARED_READ_FILE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "framework/status.h"

namespace toque {

// A file larger than this is broken.
inline constexpr int64_t kGreatestFile = int64_t{1} << 28;

// Reads the file at `path` to the beginning of `buffer`, which grows where it
// must and never shrinks, and gives the part that it fills. What is missing,
// can't be read, is too large or shrinks while it is read is Broken; having no
// descriptor or memory left is another error. Keeps nothing open. Errors don't
// name the file.
absl::StatusOr<absl::Span<const uint8_t>> ReadFile(
    const std::string& path, std::vector<uint8_t>* buffer);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_SHARED_READ_FILE_H_
