// Files of data, plain or gzipped, read without trust in what they claim.

#ifndef TOQUE_FRAMEWORK_SHARED_INPUT_FILE_H_
#define TOQUE_FRAMEWORK_SHARED_INPUT_FILE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"

struct gzFile_s;

namespace toque {

// A file's bytes from the first to the last, inflated where its content says
// that it is gzipped. Errors don't name the file: AtPlace(status, path) does.
class InputFile {
 public:
  static absl::StatusOr<InputFile> Open(const std::string& path);

  // Adds the next `count` bytes to `bytes`, or fewer where the file ends
  // before. Memory grows with what is there, never with `count`. Damage of
  // gzipped data is an error; a gzipped file that was cut off ends where it was
  // cut.
  absl::Status Read(uint64_t count, std::vector<uint8_t>* bytes);

 private:
  struct Closer {
    void operator()(gzFile_s* file) const;
  };
  explicit InputFile(gzFile_s* file) : file_(file) {}

  std::unique_ptr<gzFile_s, Closer> file_;
};

// Gives each line of a file to `take`, without its end ("\n" or "\r\n"), until
// that fails. Errors begin with the path, and those of a line with "path:17".
// An error for bytes that no text has: a zero, or a line above 64 KiB.
absl::Status ForEachLine(
    const std::string& path,
    absl::FunctionRef<absl::Status(std::string_view line)> take);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_SHARED_INPUT_FILE_H_
