#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "framework/pack/pack.h"
#include "framework/pack/pack_format.h"

namespace toque {
namespace {

using pack::Header;
using pack::Record;

// Bytes that are gathered for one write.
constexpr size_t kGathered = 1 << 22;

absl::Status Fault(std::string_view what, const std::string& path) {
  return AtPlace(absl::UnavailableError(
                     absl::StrCat(View(what), ": ", std::strerror(errno))),
                 path);
}

template <typename Bytes>
std::string_view BytesOf(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(&bytes), sizeof bytes};
}

template <typename Number>
std::string_view BytesOf(const std::vector<Number>& numbers) {
  return {reinterpret_cast<const char*>(numbers.data()),
          numbers.size() * sizeof(Number)};
}

// Of a pack that isn't finished.
Header NewHeader(uint64_t source) {
  Header header = {};
  std::copy_n(pack::kMagic.data(), sizeof header.magic, header.magic);
  header.version = pack::kVersion;
  header.header_bytes = sizeof header;
  header.source = source;
  header.digest = DigestOf(header);
  return header;
}

// False where the file has no such bytes.
bool ReadAt(int file, uint64_t begin, char* bytes, size_t size) {
  for (size_t done = 0; done < size;) {
    const ssize_t got = pread(file, bytes + done, size - done,
                              static_cast<off_t>(begin + done));
    if (got <= 0 && !(got < 0 && errno == EINTR)) return false;
    done += static_cast<size_t>(std::max<ssize_t>(got, 0));
  }
  return true;
}

// Reads a whole, undamaged record; the bytes that it takes, or 0.
uint64_t ReadRecord(int file, uint64_t begin, Record* record,
                    std::string* buffer) {
  if (!ReadAt(file, begin, reinterpret_cast<char*>(record), sizeof *record) ||
      record->marker != pack::kMarker ||
      record->name_bytes > pack::kLongestName ||
      record->bytes > pack::kGreatestPicture) {
    return 0;
  }
  const size_t size = record->name_bytes + record->bytes;
  buffer->resize(size);
  if (!ReadAt(file, begin + sizeof *record, buffer->data(), size)) return 0;
  const std::string_view name(buffer->data(), record->name_bytes);
  const bool whole =
      record->digest == DigestOf(*record, name) &&
      record->picture_digest ==
          pack::DigestOf(name.data() + name.size(), record->bytes);
  return whole ? sizeof *record + size : 0;
}

absl::Status Check(const PackExample& example, int64_t next_source) {
  if (example.source < next_source) {
    return Invalid("examples must come in their order", example.source);
  }
  if (example.label < 0)
    return Invalid("label must be at least 0", example.label);
  if (example.name.size() > pack::kLongestName) {
    return Invalid("a name must be of at most 4096 bytes", example.name.size());
  }
  if (example.pictures.empty())
    return Invalid("an example must have a picture");
  for (const auto& picture : example.pictures) {
    if (picture.size() <= pack::kGreatestPicture) continue;
    return Invalid("a picture must be of at most 2^28 bytes", picture.size());
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<PackWriter>> PackWriter::Open(
    const std::string& path, std::string_view source) {
  const std::string partial = path + ".partial";
  const int file = open(partial.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (file < 0) return Fault("can't be written", partial);
  std::unique_ptr<PackWriter> writer(new PackWriter(path, file));
  if (flock(file, LOCK_EX | LOCK_NB) != 0) {
    return AtPlace(Invalid("must not be written by another program"), partial);
  }
  RETURN_IF_ERROR(AtPlace(writer->CheckPlace(), partial));
  RETURN_IF_ERROR(AtPlace(
      writer->Begin(pack::DigestOf(source.data(), source.size())), partial));
  return writer;
}

PackWriter::~PackWriter() {
  (void)Flush();  // what could not be written is packed again
  close(file_);
}

// Another program may have finished, and renamed, the file between its opening
// and its locking: then it is no longer ours to change.
absl::Status PackWriter::CheckPlace() const {
  struct stat opened, named;
  if (fstat(file_, &opened) == 0 && stat(PartialPath().c_str(), &named) == 0 &&
      opened.st_dev == named.st_dev && opened.st_ino == named.st_ino) {
    return absl::OkStatus();
  }
  return Invalid("must not be finished by another program meanwhile");
}

// A writer that was killed before it renamed the file has left a finished one.
absl::Status PackWriter::MarkUnfinished() const {
  const Header header = NewHeader(source_);
  if (pwrite(file_, &header, sizeof header, 0) == sizeof header) {
    return absl::OkStatus();
  }
  return Fault("can't be written", PartialPath());
}

absl::Status PackWriter::Begin(uint64_t source) {
  source_ = source;
  Header header;
  if (ReadAt(file_, 0, reinterpret_cast<char*>(&header), sizeof header)) {
    if (header.digest != DigestOf(header) || header.source != source) {
      return Invalid(
          "was begun from another data set or with other options; remove it");
    }
    if (header.file_bytes != 0) RETURN_IF_ERROR(MarkUnfinished());
    return Recover();
  }
  if (ftruncate(file_, 0) != 0) return Fault("can't be written", path_);
  return Append(BytesOf(NewHeader(source)));
}

// Goes on behind the last whole example.
absl::Status PackWriter::Recover() {
  std::string buffer;
  uint64_t at = sizeof(Header);
  end_ = at;
  std::vector<uint64_t> offsets;  // of the example that is being read
  Record record;
  while (const uint64_t size = ReadRecord(file_, at, &record, &buffer)) {
    const bool follows = record.picture == offsets.size() &&
                         record.picture < record.pictures &&
                         record.source >= static_cast<uint64_t>(next_source_);
    if (!follows) break;
    offsets.push_back(at);
    at += size;
    if (offsets.size() < record.pictures) continue;
    first_picture_.push_back(offsets_.size());
    offsets_.insert(offsets_.end(), offsets.begin(), offsets.end());
    labels_.push_back(record.label);
    next_source_ = static_cast<int64_t>(record.source) + 1;
    end_ = at;
    offsets.clear();
  }
  if (ftruncate(file_, static_cast<off_t>(end_)) == 0) return absl::OkStatus();
  return Fault("can't be written", PartialPath());
}

absl::Status PackWriter::Add(const PackExample& example) {
  RETURN_IF_ERROR(Check(example, next_source_));
  first_picture_.push_back(offsets_.size());
  labels_.push_back(example.label);
  next_source_ = example.source + 1;
  Record record = {};
  record.marker = pack::kMarker;
  record.name_bytes = static_cast<uint32_t>(example.name.size());
  record.source = static_cast<uint64_t>(example.source);
  record.label = example.label;
  record.pictures = static_cast<uint32_t>(example.pictures.size());
  for (const auto& picture : example.pictures) {
    offsets_.push_back(end_);
    record.bytes = picture.size();
    record.picture_digest = pack::DigestOf(picture.data(), picture.size());
    record.digest = DigestOf(record, example.name);
    RETURN_IF_ERROR(Append(BytesOf(record)));
    RETURN_IF_ERROR(Append(example.name));
    RETURN_IF_ERROR(Append(
        {reinterpret_cast<const char*>(picture.data()), picture.size()}));
    ++record.picture;
  }
  return absl::OkStatus();
}

absl::Status PackWriter::Append(std::string_view bytes) {
  buffer_.append(bytes);
  end_ += bytes.size();
  return buffer_.size() < kGathered ? absl::OkStatus() : Flush();
}

absl::Status PackWriter::Flush() {
  uint64_t at = end_ - buffer_.size();
  for (std::string_view rest = buffer_; !rest.empty();) {
    const ssize_t done =
        pwrite(file_, rest.data(), rest.size(), static_cast<off_t>(at));
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return Fault("can't be written", PartialPath());
    rest.remove_prefix(static_cast<size_t>(done));
    at += static_cast<uint64_t>(done);
  }
  buffer_.clear();
  return absl::OkStatus();
}

std::string PackWriter::IndexBytes(
    const std::vector<std::string>& class_names) const {
  std::string index(BytesOf(offsets_));
  index += BytesOf(end_);
  index += BytesOf(first_picture_);
  index += BytesOf(uint64_t{offsets_.size()});
  index += BytesOf(labels_);
  for (const std::string& name : class_names) {
    index += BytesOf(static_cast<uint32_t>(name.size()));
    index += name;
  }
  return index;
}

absl::Status PackWriter::Finish(int64_t classes,
                                const std::vector<std::string>& class_names) {
  const auto names = static_cast<int64_t>(class_names.size());
  if (names != 0 && names != classes) {
    return Invalid("all classes must have a name, or none", names);
  }
  if (labels_.empty()) return AtPlace(Invalid("must hold an example"), path_);
  const std::string index = IndexBytes(class_names);
  Header header = NewHeader(source_);
  header.index_offset = end_;
  header.index_bytes = index.size();
  header.file_bytes = end_ + index.size();
  header.examples = labels_.size();
  header.pictures = offsets_.size();
  header.classes = static_cast<uint64_t>(classes);
  header.index_digest = pack::DigestOf(index.data(), index.size());
  header.digest = DigestOf(header);
  RETURN_IF_ERROR(Append(index));
  RETURN_IF_ERROR(Flush());
  // The header last: it says that all else is there.
  if (fsync(file_) != 0 ||
      pwrite(file_, &header, sizeof header, 0) != sizeof header ||
      fsync(file_) != 0) {
    return Fault("can't be written", PartialPath());
  }
  if (rename(PartialPath().c_str(), path_.c_str()) == 0)
    return absl::OkStatus();
  return Fault("can't be written", path_);
}

}  // namespace toque
