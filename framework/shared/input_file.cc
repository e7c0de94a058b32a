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

}  // namespace toque
