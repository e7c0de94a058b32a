#include "framework/tensorboard/event_file.h"

#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_format.h"

namespace toque {
namespace {

// What each value of a byte does to the sum; the polynomial's bits reversed.
constexpr std::array<uint32_t, 256> kTable = [] {
  std::array<uint32_t, 256> table = {};
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t sum = byte;
    for (int bit = 0; bit < 8; ++bit) {
      sum = (sum >> 1) ^ (sum % 2 * 0x82f63b78u);
    }
    table[byte] = sum;
  }
  return table;
}();

template <typename Number>
void AppendLittleEndian(Number number, std::string* bytes) {
  for (size_t i = 0; i < sizeof(Number); ++i) {
    *bytes += static_cast<char>(number >> (8 * i));
  }
}

absl::Status CantBeWritten(const std::string& path, int error) {
  return absl::UnavailableError(
      absl::StrCat(path, ": can't be written: ", std::strerror(error)));
}

}  // namespace

uint32_t Crc32c(std::string_view bytes) {
  uint32_t sum = ~uint32_t{0};
  for (const char byte : bytes) {
    sum = (sum >> 8) ^ kTable[(sum ^ static_cast<uint8_t>(byte)) % 256];
  }
  return ~sum;
}

uint32_t MaskedCrc32c(std::string_view bytes) {
  return std::rotr(Crc32c(bytes), 15) + 0xa282ead8u;
}

std::string EventRecord(const tensorboard::Event& event) {
  const std::string data = event.SerializeAsString();
  std::string record;
  AppendLittleEndian(uint64_t{data.size()}, &record);
  AppendLittleEndian(MaskedCrc32c(record), &record);
  record += data;
  AppendLittleEndian(MaskedCrc32c(data), &record);
  return record;
}

absl::StatusOr<std::unique_ptr<EventFile>> EventFile::Create(
    const std::string& folder, double wall_time) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return CantBeWritten(folder, error.value());
  std::string path;
  std::FILE* file = nullptr;
  for (int i = 0; file == nullptr; ++i) {
    path = absl::StrFormat("%s/events.out.tfevents.%010d.%03d", folder,
                           static_cast<int64_t>(wall_time), i);
    file = std::fopen(path.c_str(), "wbxe");
    if (file == nullptr && errno != EEXIST) return CantBeWritten(path, errno);
  }
  std::unique_ptr<EventFile> made(new EventFile(std::move(path), file));
  tensorboard::Event version;
  version.set_wall_time(wall_time);
  version.set_file_version("brain.Event:2");
  RETURN_IF_ERROR(made->Append(version));
  return made;
}

EventFile::EventFile(std::string path, std::FILE* file)
    : path_(std::move(path)), file_(file) {}

EventFile::~EventFile() { std::fclose(file_); }

absl::Status EventFile::Append(const tensorboard::Event& event) {
  const std::string record = EventRecord(event);
  const size_t written = std::fwrite(record.data(), 1, record.size(), file_);
  if (written == record.size() && std::fflush(file_) == 0) {
    return absl::OkStatus();
  }
  return CantBeWritten(path_, errno);
}

}  // namespace toque
