// Zip archives, as far as files of tensors use them.

#ifndef TOQUE_FRAMEWORK_ARCHIVE_ZIP_ARCHIVE_H_
#define TOQUE_FRAMEWORK_ARCHIVE_ZIP_ARCHIVE_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "framework/status.h"

namespace toque {

struct ZipEntry {
  std::string name;
  std::string_view bytes;  // as they stand in the archive
  bool deflated = false;
  uint64_t size = 0;  // inflated
  uint32_t crc = 0;   // of the inflated bytes
};

// What the directory at the end of an archive lists, in its order; zip64 too.
// Every entry's bytes lie inside the archive, no two of them overlap, and the
// local headers have the directory's names. Encrypted entries, methods other
// than stored and deflated, archives in several parts and equal names are
// errors.
absl::StatusOr<std::vector<ZipEntry>> ReadZip(std::string_view archive);

// Null where there is none.
const ZipEntry* FindEntry(const std::vector<ZipEntry>& entries,
                          std::string_view name);

// Inflates a deflated entry, of at most `most` bytes, into the memory that
// `allocate` gives for its size, and compares its checksum.
absl::Status Inflate(const ZipEntry& entry, uint64_t most,
                     const std::function<void*(uint64_t size)>& allocate);

// An error where `inflated`, the bytes of an entry, have another checksum.
absl::Status CheckCrc(const ZipEntry& entry, std::string_view inflated);

// CRC-32 as in zip files.
uint32_t ZipCrc(std::string_view bytes);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_ARCHIVE_ZIP_ARCHIVE_H_
