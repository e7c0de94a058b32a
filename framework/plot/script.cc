#include "framework/plot/script.h"

#include <cstdint>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "framework/plot/gnuplot.h"
#include "framework/plot/plot.h"
#include "framework/weights/atomic_file.h"

namespace toque {

std::string Quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    quoted += absl::ascii_iscntrl(static_cast<unsigned char>(c)) ? ' ' : c;
    if (c == '\'') quoted += c;
  }
  return quoted + "'";
}

std::string Shortened(const std::string& text, size_t room) {
  if (text.size() <= room) return text;
  size_t end = room - 3;
  // Not within a letter of several bytes.
  while (end > 0 && (static_cast<uint8_t>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

std::string Number(double value) { return absl::StrFormat("%.9g", value); }

absl::StatusOr<std::string> Preamble(std::string_view path, int width,
                                     int height) {
  std::string terminal;
  if (path.ends_with(".svg")) {
    terminal =
        absl::StrFormat("svg size %d,%d font 'sans-serif,13'", width, height);
  } else if (path.ends_with(".png")) {
    // Two dots a unit, for screens of today.
    terminal = absl::StrFormat(
        "pngcairo size %d,%d font 'Sans,13' fontscale 1.5 "
        "linewidth 2 pointscale 2",
        2 * width, 2 * height);
  } else {
    return Invalid("a picture's name must end in .svg or .png", View(path));
  }
  return absl::StrCat("set terminal ", terminal,
                      R"( noenhanced background '#ffffff'
set encoding utf8
set border 3 linecolor '#707070'
set tics nomirror out scale 0.5 textcolor '#404040'
)");
}

absl::Status CheckPlotter() { return RunGnuplot("").status(); }

absl::Status Draw(const std::string& script, const std::string& path) {
  const auto picture = RunGnuplot(script);
  if (!picture.ok()) return AtPlace(picture.status(), path);
  ASSIGN_OR_RETURN(const auto file, AtomicFile::Create(path));
  RETURN_IF_ERROR(file->Append(picture->data(), picture->size()));
  return file->Commit();
}

}  // namespace toque
