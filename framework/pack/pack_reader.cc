#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "framework/pack/pack.h"
#include "framework/pack/pack_format.h"

namespace toque {
namespace {

using pack::Header;
using pack::Record;

constexpr uint64_t kLargestRecord =
    sizeof(Record) + pack::kLongestName + pack::kGreatestPicture;

// The number at `place`, which need not be aligned.
template <typename Number>
Number At(const uint8_t* place) {
  Number number;
  std::memcpy(&number, place, sizeof number);
  return number;
}

absl::Status BrokenAt(uint64_t offset, std::string_view reason) {
  return Broken(absl::StrCat("broken at byte ", offset, ": ", View(reason)));
}

absl::Status CheckHeader(const Header& header, uint64_t file_bytes) {
  if (std::string_view(header.magic, sizeof header.magic) != pack::kMagic) {
    return BrokenAt(0, "a pack must begin with its sign");
  }
  if (header.version != pack::kVersion) {
    return Invalid(absl::StrCat("the version must be ", pack::kVersion),
                   header.version);
  }
  if (header.digest != DigestOf(header) ||
      header.header_bytes != sizeof header) {
    return BrokenAt(0, "the header's digest must be that of its bytes");
  }
  if (header.file_bytes == 0) return Broken("was not written to its end");
  if (header.file_bytes != file_bytes) {
    return Broken(absl::StrCat("must have the ", header.file_bytes,
                               " bytes that its header tells, got ",
                               file_bytes));
  }
  if (header.index_offset > file_bytes ||
      header.index_bytes != file_bytes - header.index_offset) {
    return BrokenAt(0, "the index must end where the file does");
  }
  return absl::OkStatus();
}

// Bytes of offsets, of first pictures, and of labels.
uint64_t TableBytes(uint64_t examples, uint64_t pictures) {
  return 8 * (pictures + 1) + 8 * (examples + 1) + 4 * examples;
}

absl::Status CheckRecord(const Record& record, std::string_view name,
                         uint64_t bytes) {
  if (record.marker != pack::kMarker || record.digest != DigestOf(record, name))
    return Broken("the record's digest must be that of its bytes");
  // First each alone, so that their sum can't overflow.
  if (record.name_bytes > pack::kLongestName ||
      record.bytes > pack::kGreatestPicture) {
    return Broken("no name or no picture is so long");
  }
  if (sizeof record + record.name_bytes + record.bytes == bytes) {
    return absl::OkStatus();
  }
  return Broken("the record must be as long as the index tells");
}

}  // namespace

absl::StatusOr<std::unique_ptr<PackReader>> PackReader::Open(
    const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) {
    return AtPlace(absl::NotFoundError(
                       absl::StrCat("can't be opened: ", std::strerror(errno))),
                   path);
  }
  std::unique_ptr<PackReader> reader(new PackReader(file));
  RETURN_IF_ERROR(AtPlace(reader->ReadIndex(), path));
  return reader;
}

PackReader::~PackReader() { close(file_); }

bool PackReader::IsOf(std::string_view source) const {
  return source_ == pack::DigestOf(source.data(), source.size());
}

absl::Status PackReader::ReadIndex() {
  struct stat facts;
  if (fstat(file_, &facts) != 0 || !S_ISREG(facts.st_mode)) {
    return Broken("must be a file");
  }
  Header header;
  RETURN_IF_ERROR(ReadBytes(
      0, absl::MakeSpan(reinterpret_cast<uint8_t*>(&header), sizeof header)));
  RETURN_IF_ERROR(CheckHeader(header, static_cast<uint64_t>(facts.st_size)));
  // First each alone, so that their sum can't overflow.
  if (header.examples > header.index_bytes ||
      header.pictures > header.index_bytes ||
      TableBytes(header.examples, header.pictures) > header.index_bytes) {
    return BrokenAt(0, "the index must have room for all examples");
  }
  source_ = header.source;
  index_offset_ = header.index_offset;
  index_.resize(header.index_bytes);
  RETURN_IF_ERROR(ReadBytes(index_offset_, absl::MakeSpan(index_)));
  if (pack::DigestOf(index_.data(), index_.size()) != header.index_digest) {
    return BrokenAt(index_offset_,
                    "the index's digest must be that of its bytes");
  }
  examples_ = static_cast<int64_t>(header.examples);
  pictures_ = static_cast<int64_t>(header.pictures);
  classes_ = static_cast<int64_t>(header.classes);
  RETURN_IF_ERROR(CheckIndex());
  const uint64_t tables = TableBytes(header.examples, header.pictures);
  const absl::Status names =
      ReadClassNames(absl::MakeConstSpan(index_).subspan(tables));
  index_.resize(tables);
  return names;
}

absl::Status PackReader::CheckIndex() const {
  bool good = examples_ > 0 && classes_ >= 0 && Offset(0) == sizeof(Header) &&
              Offset(pictures_) == index_offset_ && FirstPicture(0) == 0 &&
              FirstPicture(examples_) == pictures_;
  for (int64_t i = 0; good && i < pictures_; ++i) {
    good = Offset(i) < Offset(i + 1) &&
           Offset(i + 1) - Offset(i) >= sizeof(Record);
  }
  for (int64_t i = 0; good && i < examples_; ++i) {
    good = FirstPicture(i) < FirstPicture(i + 1) && Label(i) >= 0 &&
           (classes_ == 0 || Label(i) < classes_);
  }
  if (good) return absl::OkStatus();
  return BrokenAt(index_offset_, "the index must lead to pictures of the file");
}

absl::Status PackReader::ReadClassNames(absl::Span<const uint8_t> bytes) {
  while (!bytes.empty()) {
    const size_t size =
        bytes.size() < 4 ? bytes.size() : At<uint32_t>(bytes.data());
    if (bytes.size() < 4 || bytes.size() - 4 < size) break;
    bytes.remove_prefix(4);
    class_names_.emplace_back(bytes.begin(), bytes.begin() + size);
    bytes.remove_prefix(size);
  }
  const auto count = static_cast<int64_t>(class_names_.size());
  if (bytes.empty() && (count == 0 || count == classes_)) {
    return absl::OkStatus();
  }
  return BrokenAt(index_offset_, "the index must name all classes or none");
}

absl::Status PackReader::ReadBytes(uint64_t begin,
                                   absl::Span<uint8_t> bytes) const {
  for (size_t done = 0; done < bytes.size();) {
    const ssize_t got = pread(file_, bytes.data() + done, bytes.size() - done,
                              static_cast<off_t>(begin + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      return BrokenAt(begin + done,
                      absl::StrCat("can't be read: ", std::strerror(errno)));
    }
    if (got == 0) return BrokenAt(begin + done, "the file ends here");
    done += static_cast<size_t>(got);
  }
  return absl::OkStatus();
}

uint64_t PackReader::Offset(int64_t picture) const {
  return At<uint64_t>(index_.data() + 8 * picture);
}

int64_t PackReader::FirstPicture(int64_t example) const {
  return At<int64_t>(index_.data() + 8 * (pictures_ + 1) + 8 * example);
}

int32_t PackReader::Label(int64_t example) const {
  return At<int32_t>(index_.data() + 8 * (pictures_ + 1) + 8 * (examples_ + 1) +
                     4 * example);
}

int64_t PackReader::Pictures(int64_t example) const {
  return FirstPicture(example + 1) - FirstPicture(example);
}

std::string PackReader::Name(int64_t example) const {
  const uint64_t begin = Offset(FirstPicture(example));
  std::vector<uint8_t> bytes(sizeof(Record));
  if (!ReadBytes(begin, absl::MakeSpan(bytes)).ok()) return "?";
  const auto record = At<Record>(bytes.data());
  if (record.name_bytes > pack::kLongestName) return "?";
  std::string name(record.name_bytes, '\0');
  const absl::Status status = ReadBytes(
      begin + sizeof record,
      absl::MakeSpan(reinterpret_cast<uint8_t*>(name.data()), name.size()));
  const bool whole = status.ok() && record.digest == DigestOf(record, name);
  return whole ? name : "?";
}

absl::StatusOr<absl::Span<const uint8_t>> PackReader::Read(
    int64_t example, int64_t picture, std::vector<uint8_t>* buffer) const {
  const int64_t place = FirstPicture(example) + picture;
  const uint64_t begin = Offset(place);
  const uint64_t size = Offset(place + 1) - begin;
  if (size > kLargestRecord) return BrokenAt(begin, "no record is so long");
  if (buffer->size() < size) buffer->resize(size);
  const absl::Span<uint8_t> bytes = absl::MakeSpan(*buffer).first(size);
  RETURN_IF_ERROR(ReadBytes(begin, bytes));
  const auto record = At<Record>(bytes.data());
  // The name's true length is known to be in the record only once it is
  // checked.
  const uint64_t room = size - sizeof record;
  const std::string_view name(
      reinterpret_cast<const char*>(bytes.data()) + sizeof record,
      std::min<uint64_t>(record.name_bytes, room));
  const absl::Status status = CheckRecord(record, name, size);
  if (!status.ok()) return BrokenAt(begin, std::string(status.message()));
  const auto content = bytes.subspan(sizeof record + record.name_bytes);
  if (pack::DigestOf(content.data(), content.size()) != record.picture_digest) {
    return BrokenAt(begin + sizeof record + record.name_bytes,
                    "the picture's digest must be that of its bytes");
  }
  return absl::Span<const uint8_t>(content);
}

}  // namespace toque
