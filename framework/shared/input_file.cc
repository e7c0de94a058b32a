#include "framework/shared/input_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "framework/status.h"
#include "zlib.h"

namespace toque {
void InputFile::Closer::operator()(gzFile_s* file) const { gzclose_r(file); }

absl::StatusOr<InputFile> InputFile::Open(const std::string& path) {
  gzFile_s* const file = gzopen(path.c_str(), "rb");
  if (file != nullptr) return InputFile(file);
  return absl::NotFoundError(
      absl::StrCat("can't be opened: ", std::strerror(errno)));
}

absl::Status InputFile::Read(uint64_t count, std::vector<uint8_t>* bytes) {
  constexpr uint64_t kChunk = 1 << 20;
  while (count > 0) {
    const size_t before = bytes->size();
    const auto wanted = static_cast<unsigned>(std::min(count, kChunk));
    bytes->resize(before + wanted);
    const int got = gzread(file_.get(), bytes->data() + before, wanted);
    bytes->resize(before + static_cast<size_t>(std::max(got, 0)));
    if (got < 0) {
      int code = 0;
      const char* const text = gzerror(file_.get(), &code);
      return absl::DataLossError(absl::StrCat(
          "can't be read: ", code == Z_ERRNO ? std::strerror(errno) : text));
    }
    if (got == 0) break;
    count -= static_cast<uint64_t>(got);
  }
  return absl::OkStatus();
}

namespace {

constexpr size_t kLongestLine = 1 << 16;

// The lines of a file, one after the other.
class LineReader {
 public:
  LineReader(std::string path,
             absl::FunctionRef<absl::Status(std::string_view line)> take)
      : path_(std::move(path)), take_(take) {}

  absl::Status Run(InputFile& file) {
    constexpr uint64_t kChunk = 1 << 20;
    std::vector<uint8_t> bytes;
    for (bool more = true; more;) {
      const size_t before = bytes.size();
      RETURN_IF_ERROR(AtPlace(file.Read(kChunk, &bytes), path_));
      more = bytes.size() > before;
      std::string_view text(reinterpret_cast<const char*>(bytes.data()),
                            bytes.size());
      for (size_t end; (end = text.find('\n')) != text.npos;) {
        RETURN_IF_ERROR(Take(text.substr(0, end)));
        text.remove_prefix(end + 1);
      }
      const bool whole = !more || text.size() > kLongestLine + 1;
      if (whole && !text.empty()) return Take(text);
      bytes.erase(bytes.begin(),
                  bytes.end() - static_cast<int64_t>(text.size()));
    }
    return absl::OkStatus();
  }

 private:
  absl::Status Take(std::string_view line) {
    ++number_;
    if (line.ends_with('\r')) line.remove_suffix(1);
    const bool text =
        line.size() <= kLongestLine && line.find('\0') == line.npos;
    const absl::Status status =
        text ? take_(line) : Invalid("must be a line of text");
    if (status.ok()) return status;
    return AtPlace(status, absl::StrCat(path_, ":", number_));
  }

  const std::string path_;
  const absl::FunctionRef<absl::Status(std::string_view line)> take_;
  int64_t number_ = 0;
};

}  // namespace

absl::Status ForEachLine(
    const std::string& path,
    absl::FunctionRef<absl::Status(std::string_view line)> take) {
  absl::StatusOr<InputFile> file = InputFile::Open(path);
  if (!file.ok()) return AtPlace(file.status(), path);
  return LineReader(path, take).Run(*file);
}

}  // namespace toque
