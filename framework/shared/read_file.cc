#include "framework/shared/read_file.h"

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
  if (facts.st_size <= kGreatestFile) {
    return static_cast<size_t>(facts.st_size);
  }
  return Broken(absl::StrCat("must be of at most ", kGreatestFile,
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

absl::StatusOr<absl::Span<const uint8_t>> ReadFile(
    const std::string& path, std::vector<uint8_t>* buffer) {
  const Descriptor file(path.c_str());
  if (file.number() < 0) return Fault("can't be opened");
  ASSIGN_OR_RETURN(const size_t size, SizeOf(file.number()));
  if (buffer->size() < size) buffer->resize(size);
  RETURN_IF_ERROR(ReadAll(file.number(), buffer->data(), size));
  return absl::MakeConstSpan(buffer->data(), size);
}

}  // namespace toque
