// Many files of one folder and their labels, in little memory.

#ifndef TOQUE_FRAMEWORK_SHARED_FILE_TABLE_H_
#define TOQUE_FRAMEWORK_SHARED_FILE_TABLE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/types/span.h"
#include "framework/status.h"

namespace toque {

// An entry costs 12 bytes and its name without the folders before it, each of
// which is kept once. Memory grows in small blocks that never move. Reading is
// safe from several threads once all is added.
class FileTable {
 public:
  // `folder` is what paths that don't begin with a slash are in.
  void set_folder(std::string folder) { folder_ = std::move(folder); }
  // Adds the file at `path`, of at most 64 KiB.
  void Add(std::string_view path, int32_t label);
  // Frees what only Add needs. Nothing may be added afterwards.
  void Finish();

  int64_t size() const { return size_; }
  // As it was added.
  std::string Name(int64_t index) const;
  // Where the file is.
  std::string Path(int64_t index) const;
  int64_t Label(int64_t index) const { return EntryOf(index).label; }
  std::vector<int64_t> Labels() const;

  // ReadFile of its path.
  absl::StatusOr<absl::Span<const uint8_t>> Read(
      int64_t index, std::vector<uint8_t>* buffer) const;

 private:
  static constexpr int64_t kBlock = 4096;  // entries

  struct Entry {
    uint32_t end;     // of its name, which begins where the one before ends
    uint32_t folder;  // in folders_
    int32_t label;
  };
  struct Block {
    std::string names;
    std::vector<Entry> entries;
  };

  const Entry& EntryOf(int64_t index) const;
  uint32_t FolderNumber(std::string_view folder);
  void AppendName(int64_t index, std::string* path) const;
  void AppendPath(int64_t index, std::string* path) const;

  std::string folder_;
  int64_t size_ = 0;
  std::vector<Block> blocks_;
  std::vector<std::string> folders_;  // each with a slash at its end, or ""
  std::unordered_map<std::string, uint32_t> numbers_;  // of folders_
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_SHARED_FILE_TABLE_H_
