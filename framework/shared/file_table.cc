#include "framework/shared/file_table.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace toque {
namespace {

class Descriptor {
 public:
  // Neither a pipe nor a device may make the open wait.
  explicit Descriptor(const char* path)
      : number_(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int number() const { return number_; }

 private:
  const int number_;
};

// What errno says of a file; the machine's troubles are not the file's.
absl::Status Fault(std::string_view what) {
  const int code = errno;
  const std::string text = absl::StrCat(View(what), ": ", std::strerror(code));
  if (code == EMFILE || code == ENFILE || code == ENOMEM) {
    return absl::ResourceExhaustedError(text);
  }
  return Broken(text);
}

absl::StatusOr<size_t> SizeOf(int descriptor) {
  struct stat facts;
  if (fstat(descriptor, &facts) != 0) return Fault("can't be read");
  if (!S_ISREG(facts.st_mode)) return Broken("must be a file");
  if (facts.st_size <= FileTable::kGreatestFile) {
    return static_cast<size_t>(facts.st_size);
  }
  return Broken(absl::StrCat("must be of at most ", FileTable::kGreatestFile,
                             " bytes, got ", facts.st_size));
}

absl::Status ReadAll(int descriptor, uint8_t* bytes, size_t size) {
  for (size_t done = 0; done < size;) {
    const ssize_t got =
        pread(descriptor, bytes + done, size - done, static_cast<off_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Fault("can't be read");
    if (got == 0) {
      return Broken(absl::StrCat("ended at byte ", done, " of ", size,
                                 " while it was read"));
    }
    done += static_cast<size_t>(got);
  }
  return absl::OkStatus();
}

}  // namespace

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
  if (!folders_[EntryOf(index).folder].starts_with('/') && !folder_.empty()) {
    path.append(folder_).append("/");
  }
  AppendName(index, &path);
  const Descriptor file(path.c_str());
  if (file.number() < 0) return Fault("can't be opened");
  ASSIGN_OR_RETURN(const size_t size, SizeOf(file.number()));
  if (buffer->size() < size) buffer->resize(size);
  RETURN_IF_ERROR(ReadAll(file.number(), buffer->data(), size));
  return absl::MakeConstSpan(buffer->data(), size);
}

}  // namespace toque
