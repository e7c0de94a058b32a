#include "framework/shared/file_table.h"

#include "framework/shared/read_file.h"

namespace toque {

uint32_t FileTable::FolderNumber(std::string_view folder) {
  // Files of a folder mostly come one after the other.
  if (size_ > 0) {
    const uint32_t last = EntryOf(size_ - 1).folder;
    if (folders_[last] == folder) return last;
  }
  const auto next = static_cast<uint32_t>(folders_.size());
  const auto [place, added] = numbers_.try_emplace(std::string(folder), next);
  if (added) folders_.emplace_back(folder);
  return place->second;
}

void FileTable::Add(std::string_view path, int32_t label) {
  const size_t cut = path.rfind('/') + 1;  // 0 where there is none
  const uint32_t folder = FolderNumber(path.substr(0, cut));
  if (size_ % kBlock == 0) {
    if (!blocks_.empty()) blocks_.back().names.shrink_to_fit();
    blocks_.emplace_back().entries.reserve(kBlock);
  }
  Block& block = blocks_.back();
  block.names.append(path.substr(cut));
  const auto end = static_cast<uint32_t>(block.names.size());
  block.entries.push_back({end, folder, label});
  ++size_;
}

void FileTable::Finish() {
  numbers_ = {};
  folders_.shrink_to_fit();
  if (blocks_.empty()) return;
  blocks_.back().names.shrink_to_fit();
  blocks_.back().entries.shrink_to_fit();
}

const FileTable::Entry& FileTable::EntryOf(int64_t index) const {
  return blocks_[static_cast<size_t>(index / kBlock)]
      .entries[static_cast<size_t>(index % kBlock)];
}

void FileTable::AppendName(int64_t index, std::string* path) const {
  const Block& block = blocks_[static_cast<size_t>(index / kBlock)];
  const Entry& entry = EntryOf(index);
  const size_t begin = index % kBlock == 0 ? 0 : EntryOf(index - 1).end;
  path->append(folders_[entry.folder]);
  path->append(block.names, begin, entry.end - begin);
}

std::string FileTable::Name(int64_t index) const {
  std::string name;
  AppendName(index, &name);
  return name;
}

void FileTable::AppendPath(int64_t index, std::string* path) const {
  if (!folders_[EntryOf(index).folder].starts_with('/') && !folder_.empty()) {
    path->append(folder_).append("/");
  }
  AppendName(index, path);
}

std::string FileTable::Path(int64_t index) const {
  std::string path;
  AppendPath(index, &path);
  return path;
}

std::vector<int64_t> FileTable::Labels() const {
  std::vector<int64_t> labels;
  labels.reserve(static_cast<size_t>(size_));
  for (const Block& block : blocks_) {
    for (const Entry& entry : block.entries) labels.push_back(entry.label);
  }
  return labels;
}

absl::StatusOr<absl::Span<const uint8_t>> FileTable::Read(
    int64_t index, std::vector<uint8_t>* buffer) const {
  // Keeps its memory from one file to the next.
  thread_local std::string path;
  path.clear();
  AppendPath(index, &path);
  return ReadFile(path, buffer);
}

}  // namespace toque
