#include <algorithm>
#include <cstring>

#include "absl/strings/str_format.h"
#include "framework/plot/plot.h"
#include "framework/plot/script.h"

namespace toque {
namespace {

// Sizes in dots.
constexpr int64_t kSmallest = 192;  // longest side of a picture, about
constexpr int64_t kGap = 16;
constexpr int64_t kNameHeight = 44;
constexpr int64_t kTitleHeight = 64;
constexpr int64_t kLetterWidth = 15;
// What cairo still draws.
constexpr int64_t kLargest = 32000;

// How pictures are put on one canvas.
struct Grid {
  int64_t columns = 0;
  int64_t rows = 0;
  int64_t zoom = 1;
  int64_t cell_height = 0;
  int64_t cell_width = 0;
  int64_t title = 0;

  int64_t top(size_t i) const {
    return title + kGap +
           static_cast<int64_t>(i) / columns *
               (cell_height + kNameHeight + kGap);
  }
  int64_t left(size_t i) const {
    return kGap + static_cast<int64_t>(i) % columns * (cell_width + kGap);
  }
  // Even, as a unit is two dots.
  int64_t height() const {
    const int64_t dots = top(static_cast<size_t>(columns * rows));
    return dots + dots % 2;
  }
  int64_t width() const {
    const int64_t dots = kGap + columns * (cell_width + kGap);
    return dots + dots % 2;
  }
};

absl::Status Check(const Sheet& sheet) {
  if (sheet.pictures.empty()) return Invalid("the sheet must have pictures");
  if (sheet.columns < 1) {
    return Invalid("columns must be at least 1", sheet.columns);
  }
  for (const Sheet::Picture& picture : sheet.pictures) {
    const auto size = static_cast<int64_t>(picture.pixels.size());
    if (picture.height < 1 || picture.width < 1 ||
        size != picture.height * picture.width * 3) {
      return Invalid(
          absl::StrCat("a picture of ", picture.height, " x ", picture.width,
                       " must have three bytes a pixel"),
          size);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Grid> GridOf(const Sheet& sheet) {
  Grid grid;
  const auto count = static_cast<int64_t>(sheet.pictures.size());
  grid.columns = std::min<int64_t>(sheet.columns, count);
  grid.rows = (count + grid.columns - 1) / grid.columns;
  grid.title = sheet.title.empty() ? 0 : kTitleHeight;
  int64_t height = 0;
  int64_t width = 0;
  for (const Sheet::Picture& picture : sheet.pictures) {
    height = std::max(height, picture.height);
    width = std::max(width, picture.width);
  }
  grid.zoom = std::max<int64_t>(1, kSmallest / std::max(height, width));
  grid.cell_height = height * grid.zoom;
  grid.cell_width = width * grid.zoom;
  const int64_t longest = std::max(grid.height(), grid.width());
  if (longest > kLargest) {
    return Invalid(
        absl::StrCat("the sheet must be at most ", kLargest, " dots long"),
        longest);
  }
  return grid;
}

// The canvas with all pictures on it, three bytes a dot.
std::string Canvas(const Sheet& sheet, const Grid& grid) {
  std::string canvas(static_cast<size_t>(grid.height() * grid.width() * 3),
                     '\xff');
  for (size_t i = 0; i < sheet.pictures.size(); ++i) {
    const Sheet::Picture& picture = sheet.pictures[i];
    const int64_t top = grid.top(i) + grid.cell_height -
                        picture.height * grid.zoom;  // names stand below
    const int64_t left =
        grid.left(i) + (grid.cell_width - picture.width * grid.zoom) / 2;
    for (int64_t y = 0; y < picture.height * grid.zoom; ++y) {
      char* out = canvas.data() + ((top + y) * grid.width() + left) * 3;
      const uint8_t* row =
          picture.pixels.data() + y / grid.zoom * picture.width * 3;
      for (int64_t x = 0; x < picture.width * grid.zoom; ++x) {
        std::memcpy(out + x * 3, row + x / grid.zoom * 3, 3);
      }
    }
  }
  return canvas;
}

// Letters that have room in `width`.
size_t Letters(int64_t width) {
  return static_cast<size_t>(std::max<int64_t>(4, width / kLetterWidth));
}

std::string Labels(const Sheet& sheet, const Grid& grid) {
  std::string labels;
  if (!sheet.title.empty()) {
    absl::StrAppendFormat(
        &labels, "set label %s at %d,%d center front font ',16'\n",
        Quoted(sheet.title), grid.width() / 2, grid.title / 2 + kGap / 2);
  }
  for (size_t i = 0; i < sheet.pictures.size(); ++i) {
    absl::StrAppendFormat(
        &labels, "set label %s at %d,%d center front textcolor '#404040'\n",
        Quoted(
            Shortened(sheet.pictures[i].name, Letters(grid.cell_width + kGap))),
        grid.left(i) + grid.cell_width / 2,
        grid.top(i) + grid.cell_height + kNameHeight / 2);
  }
  return labels;
}

absl::StatusOr<std::string> Script(const Sheet& sheet,
                                   const std::string& path) {
  RETURN_IF_ERROR(Check(sheet));
  ASSIGN_OR_RETURN(Grid grid, GridOf(sheet));
  // A picture has two dots a unit.
  ASSIGN_OR_RETURN(const std::string preamble,
                   Preamble(path, static_cast<int>(grid.width() / 2),
                            static_cast<int>(grid.height() / 2)));
  return absl::StrCat(
      preamble, Labels(sheet, grid),
      absl::StrFormat("set lmargin 0\nset rmargin 0\nset tmargin 0\n"
                      "set bmargin 0\nunset border\nunset tics\nunset key\n"
                      "set xrange [0:%d]\nset yrange [%d:0]\n"
                      "plot '-' binary array=(%d,%d) dx=1 dy=1 "
                      "origin=(0.5,0.5) format='%%uchar' using 1:2:3 with "
                      "rgbimage\n",
                      grid.width(), grid.height(), grid.width(), grid.height()),
      Canvas(sheet, grid));
}

}  // namespace

absl::Status DrawSheet(const Sheet& sheet, const std::string& path) {
  const auto script = Script(sheet, path);
  if (!script.ok()) return AtPlace(script.status(), path);
  return Draw(*script, path);
}

}  // namespace toque
