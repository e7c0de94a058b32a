#include "framework/archive/zip_archive.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <unordered_set>
#include <utility>

#include "framework/archive/little_endian.h"
#include "framework/archive/printable.h"

namespace toque {
namespace {

constexpr std::string_view kEnd("PK\5\6", 4);
constexpr std::string_view kEnd64("PK\6\6", 4);
constexpr std::string_view kLocator64("PK\6\7", 4);
constexpr std::string_view kDirectoryEntry("PK\1\2", 4);
constexpr std::string_view kLocalHeader("PK\3\4", 4);
constexpr size_t kEndSize = 22;
constexpr size_t kEnd64Size = 56;
constexpr size_t kLocator64Size = 20;
constexpr size_t kDirectoryEntrySize = 46;
constexpr size_t kLocalHeaderSize = 30;
constexpr size_t kMaxComment = 65535;
constexpr uint64_t kIn64 = 0xffffffff;  // "see the zip64 field"

// Where the directory stands, and how many entries it has.
struct Directory {
  uint64_t offset;
  uint64_t size;
  uint64_t entries;
};

absl::Status Malformed(std::string_view what) {
  return Broken(absl::StrCat("is no zip archive, or is cut off: ", View(what)));
}

// Whether bytes [offset, offset + size) are there.
bool Inside(std::string_view archive, uint64_t offset, uint64_t size) {
  return offset <= archive.size() && size <= archive.size() - offset;
}

bool Begins(std::string_view archive, uint64_t offset, size_t size,
            std::string_view signature) {
  return Inside(archive, offset, size) &&
         archive.substr(offset, signature.size()) == signature;
}

absl::StatusOr<Directory> FindDirectory(std::string_view archive) {
  if (archive.size() < kEndSize) return Malformed("it has no end record");
  const size_t last = archive.size() - kEndSize;
  const size_t first = last > kMaxComment ? last - kMaxComment : 0;
  size_t end = last;
  // The comment after it fills the rest.
  while (archive.substr(end, kEnd.size()) != kEnd ||
         LittleEndian(archive, end + 20, 2) != last - end) {
    if (end == first) return Malformed("it has no end record");
    --end;
  }
  Directory directory = {LittleEndian(archive, end + 16, 4),
                         LittleEndian(archive, end + 12, 4),
                         LittleEndian(archive, end + 10, 2)};
  if (LittleEndian(archive, end + 4, 4) != 0) {
    return Malformed("it must be in one part");
  }
  if (end >= kLocator64Size &&
      Begins(archive, end - kLocator64Size, kLocator64Size, kLocator64)) {
    const uint64_t at = LittleEndian(archive, end - kLocator64Size + 8, 8);
    if (!Begins(archive, at, kEnd64Size, kEnd64)) {
      return Malformed("its zip64 end record is not where it must be");
    }
    directory = {LittleEndian(archive, at + 48, 8),
                 LittleEndian(archive, at + 40, 8),
                 LittleEndian(archive, at + 32, 8)};
  }
  if (!Inside(archive, directory.offset, directory.size)) {
    return Malformed("its directory is not inside it");
  }
  return directory;
}

// Sizes and offset of an entry, those of its zip64 field where it has one.
struct Extent {
  uint64_t size;        // inflated
  uint64_t compressed;  // in the archive
  uint64_t offset;      // of its local header
};

absl::Status Widen(std::string_view extra, Extent* extent) {
  while (extra.size() >= 4) {
    const uint64_t id = LittleEndian(extra, 0, 2);
    const uint64_t size = LittleEndian(extra, 2, 2);
    if (size > extra.size() - 4) break;
    std::string_view field = extra.substr(4, size);
    extra.remove_prefix(4 + size);
    if (id != 1) continue;
    for (uint64_t* value :
         {&extent->size, &extent->compressed, &extent->offset}) {
      if (*value != kIn64) continue;
      if (field.size() < 8) return Malformed("a zip64 field is too short");
      *value = LittleEndian(field, 0, 8);
      field.remove_prefix(8);
    }
    return absl::OkStatus();
  }
  return absl::OkStatus();
}

// The bytes after the local header, which has lengths of its own.
absl::StatusOr<std::string_view> BytesOf(std::string_view archive,
                                         std::string_view name,
                                         const Extent& extent) {
  if (!Begins(archive, extent.offset, kLocalHeaderSize, kLocalHeader)) {
    return Malformed("its header is not where it must be");
  }
  const uint64_t name_size = LittleEndian(archive, extent.offset + 26, 2);
  const uint64_t extra_size = LittleEndian(archive, extent.offset + 28, 2);
  const uint64_t begin =
      extent.offset + kLocalHeaderSize + name_size + extra_size;
  if (!Inside(archive, begin, extent.compressed)) {
    return Malformed("its bytes are not inside it");
  }
  if (archive.substr(extent.offset + kLocalHeaderSize, name_size) != name) {
    return Malformed("its header must have the directory's name");
  }
  return archive.substr(begin, extent.compressed);
}

absl::StatusOr<ZipEntry> EntryOf(std::string_view archive,
                                 std::string_view record, std::string_view name,
                                 std::string_view extra) {
  const uint64_t method = LittleEndian(record, 10, 2);
  if (LittleEndian(record, 8, 2) & 1) return Invalid("must not be encrypted");
  if (method != 0 && method != 8) {
    return Invalid("its method must be 0 (stored) or 8 (deflated)", method);
  }
  Extent extent = {LittleEndian(record, 24, 4), LittleEndian(record, 20, 4),
                   LittleEndian(record, 42, 4)};
  RETURN_IF_ERROR(Widen(extra, &extent));
  ZipEntry entry;
  entry.name = std::string(name);
  entry.deflated = method == 8;
  entry.size = extent.size;
  entry.crc = static_cast<uint32_t>(LittleEndian(record, 16, 4));
  if (!entry.deflated && extent.size != extent.compressed) {
    return Malformed("a stored entry must have one size");
  }
  ASSIGN_OR_RETURN(entry.bytes, BytesOf(archive, name, extent));
  return entry;
}

// Names are different, and bytes belong to one entry each.
absl::Status CheckApart(const std::vector<ZipEntry>& entries) {
  std::unordered_set<std::string_view> names;
  std::vector<const ZipEntry*> order;
  for (const ZipEntry& entry : entries) {
    if (!names.insert(entry.name).second) {
      return Malformed(
          absl::StrCat("two entries are named ", Printable(entry.name)));
    }
    if (!entry.bytes.empty()) order.push_back(&entry);
  }
  std::sort(order.begin(), order.end(),
            [](const ZipEntry* a, const ZipEntry* b) {
              return a->bytes.data() < b->bytes.data();
            });
  for (size_t i = 1; i < order.size(); ++i) {
    const std::string_view before = order[i - 1]->bytes;
    if (before.data() + before.size() <= order[i]->bytes.data()) continue;
    return AtPlace(
        Malformed("must not overlap with " + Printable(order[i - 1]->name)),
        Printable(order[i]->name));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<ZipEntry>> ReadZip(std::string_view archive) {
  ASSIGN_OR_RETURN(const Directory directory, FindDirectory(archive));
  std::string_view rest = archive.substr(directory.offset, directory.size);
  std::vector<ZipEntry> entries;
  for (uint64_t i = 0; i < directory.entries; ++i) {
    if (!Begins(rest, 0, kDirectoryEntrySize, kDirectoryEntry)) {
      return Malformed("its directory has fewer entries than it says");
    }
    const uint64_t name_size = LittleEndian(rest, 28, 2);
    const uint64_t extra_size = LittleEndian(rest, 30, 2);
    const uint64_t size = kDirectoryEntrySize + name_size + extra_size +
                          LittleEndian(rest, 32, 2);
    if (size > rest.size()) return Malformed("its directory is too short");
    const std::string_view name = rest.substr(kDirectoryEntrySize, name_size);
    auto entry =
        EntryOf(archive, rest, name,
                rest.substr(kDirectoryEntrySize + name_size, extra_size));
    if (!entry.ok()) return AtPlace(entry.status(), Printable(name));
    entries.push_back(*std::move(entry));
    rest.remove_prefix(size);
  }
  RETURN_IF_ERROR(CheckApart(entries));
  return entries;
}

const ZipEntry* FindEntry(const std::vector<ZipEntry>& entries,
                          std::string_view name) {
  const auto found =
      std::find_if(entries.begin(), entries.end(),
                   [&](const ZipEntry& entry) { return entry.name == name; });
  return found == entries.end() ? nullptr : &*found;
}

absl::Status Inflate(const ZipEntry& entry, uint64_t most,
                     const std::function<void*(uint64_t size)>& allocate) {
  // Deflate makes at most 1032 bytes of one.
  most = std::min<uint64_t>(
      {most, entry.bytes.size() * 1032 + 64, std::numeric_limits<uInt>::max()});
  if (entry.size > most) {
    return AtPlace(
        Invalid(absl::StrCat("must have at most ", most, " bytes"), entry.size),
        Printable(entry.name));
  }
  auto* const out = static_cast<Bytef*>(allocate(entry.size));
  z_stream stream = {};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) {
    return absl::ResourceExhaustedError("zlib has no memory");
  }
  stream.next_in =
      const_cast<Bytef*>(reinterpret_cast<const Bytef*>(entry.bytes.data()));
  stream.avail_in = static_cast<uInt>(entry.bytes.size());
  stream.next_out = out;
  stream.avail_out = static_cast<uInt>(entry.size);
  const int result = inflate(&stream, Z_FINISH);
  inflateEnd(&stream);
  if (result != Z_STREAM_END || stream.avail_out != 0) {
    return AtPlace(Malformed("it can't be inflated"), Printable(entry.name));
  }
  return CheckCrc(entry, {reinterpret_cast<const char*>(out), entry.size});
}

absl::Status CheckCrc(const ZipEntry& entry, std::string_view inflated) {
  if (ZipCrc(inflated) == entry.crc) return absl::OkStatus();
  return AtPlace(Broken("is damaged: its checksum is not that of its bytes"),
                 Printable(entry.name));
}

uint32_t ZipCrc(std::string_view bytes) {
  return static_cast<uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

}  // namespace toque
