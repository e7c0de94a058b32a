#include "framework/config/text_file.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace toque {
namespace {

constexpr size_t kMaxBytes = 16 << 20;

// The bytes of a character that begins with `lead`; 0 where none does.
size_t CharacterLength(unsigned char lead) {
  if (lead == 0) return 0;
  if (lead < 0x80) return 1;
  if (lead >> 5 == 0b110) return 2;
  if (lead >> 4 == 0b1110) return 3;
  if (lead >> 3 == 0b11110) return 4;
  return 0;
}

bool Continues(char byte) {
  return (static_cast<unsigned char>(byte) & 0xc0) == 0x80;
}

// The length of the start of `text` that is UTF-8 without a zero byte.
size_t TextLength(std::string_view text) {
  size_t i = 0;
  while (i < text.size()) {
    const size_t length = CharacterLength(static_cast<unsigned char>(text[i]));
    if (length == 0 || i + length > text.size()) return i;
    for (size_t k = 1; k < length; ++k) {
      if (!Continues(text[i + k])) return i;
    }
    i += length;
  }
  return i;
}

absl::StatusOr<std::string> Read(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return absl::InvalidArgumentError("is a folder, not a file");
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return absl::NotFoundError(
        absl::StrCat("can't be read: ", std::strerror(errno)));
  }
  // One byte over the limit tells a file that is too large.
  std::string text(kMaxBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(file.gcount()));
  return text;
}

}  // namespace

absl::Status CheckText(std::string_view text) {
  if (text.size() > kMaxBytes) return Invalid("must have at most 16 MiB");
  const size_t length = TextLength(text);
  if (length == text.size()) return absl::OkStatus();
  return Invalid(
      absl::StrCat("must be text in UTF-8; byte ", length, " isn't"));
}

absl::StatusOr<std::string> ReadTextFile(const std::string& path) {
  auto text = Read(path);
  const absl::Status status = text.ok() ? CheckText(*text) : text.status();
  if (!status.ok()) return AtPlace(status, path);
  return text;
}

}  // namespace toque
