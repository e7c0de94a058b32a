// Event files: the curves that TensorBoard shows.
//
// A file is a row of records: the number of bytes (8 bytes, little endian) and
// its check sum (4 bytes), that many bytes of an Event and their check sum. The
// check sum is a CRC-32C, masked so that one of data that hold such sums is
// sound too.

#ifndef TOQUE_FRAMEWORK_TENSORBOARD_EVENT_FILE_H_
#define TOQUE_FRAMEWORK_TENSORBOARD_EVENT_FILE_H_

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "framework/status.h"
#include "framework/tensorboard/event.pb.h"

namespace toque {

class EventFile {
 public:
  // Begins a new file in `folder`, which is made where there is none. Files of
  // later times come later in the order of names, which is how TensorBoard
  // reads a folder. `wall_time` is in seconds since 1970.
  static absl::StatusOr<std::unique_ptr<EventFile>> Create(
      const std::string& folder, double wall_time);
  ~EventFile();
  EventFile(const EventFile&) = delete;
  EventFile& operator=(const EventFile&) = delete;

  // Hands the event to the system at once: a viewer sees it, and a killed
  // process loses nothing.
  absl::Status Append(const tensorboard::Event& event);

  const std::string& path() const { return path_; }

 private:
  EventFile(std::string path, std::FILE* file);

  std::string path_;
  std::FILE* file_;
};

// One event as it stands in a file.
std::string EventRecord(const tensorboard::Event& event);

// CRC-32C (Castagnoli) of RFC 3720.
uint32_t Crc32c(std::string_view bytes);
// The form of a CRC-32C in event files.
uint32_t MaskedCrc32c(std::string_view bytes);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_TENSORBOARD_EVENT_FILE_H_
