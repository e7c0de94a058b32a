#include <algorithm>
#include <cmath>
#include <numeric>

#include "absl/strings/str_format.h"
#include "framework/plot/plot.h"
#include "framework/plot/script.h"

namespace toque {
namespace {

// Sizes in units of the picture.
constexpr int kMargins = 180;
constexpr int kNarrowest = 12;  // side of a cell
constexpr int kWidest = 56;
constexpr int kRoomForNumbers = 28;

absl::Status Check(const Heatmap& heatmap) {
  if (heatmap.rows.empty() || heatmap.columns.empty()) {
    return Invalid("the heatmap must have rows and columns");
  }
  if (heatmap.cells.size() != heatmap.rows.size()) {
    return Invalid(absl::StrCat("the heatmap must have cells for each of ",
                                heatmap.rows.size(), " rows"),
                   heatmap.cells.size());
  }
  for (const std::vector<double>& row : heatmap.cells) {
    if (row.size() != heatmap.columns.size()) {
      return Invalid(absl::StrCat("a row of the heatmap must have ",
                                  heatmap.columns.size(), " cells"),
                     row.size());
    }
    for (const double cell : row) {
      if (!(std::isfinite(cell) && cell >= 0)) {
        return Invalid("a cell of the heatmap must be finite and at least 0",
                       cell);
      }
    }
  }
  return absl::OkStatus();
}

int CellSide(const Heatmap& heatmap) {
  const int longest =
      static_cast<int>(std::max(heatmap.rows.size(), heatmap.columns.size()));
  return std::clamp(640 / longest, kNarrowest, kWidest);
}

// A line for each cell: column, row, share of the row, text, its colour.
std::string Data(const Heatmap& heatmap) {
  std::string data = "$cells << end\n";
  for (size_t row = 0; row < heatmap.cells.size(); ++row) {
    const std::vector<double>& cells = heatmap.cells[row];
    const double sum = std::accumulate(cells.begin(), cells.end(), 0.0);
    for (size_t column = 0; column < cells.size(); ++column) {
      const double share = sum > 0 ? cells[column] / sum : 0;
      const char* color = share > 0.5          ? "0xffffff"
                          : cells[column] == 0 ? "0xb8b8b8"
                                               : "0x202020";
      absl::StrAppendFormat(&data, "%d %d %s %.6g %s\n", column, row,
                            Number(share), cells[column], color);
    }
  }
  return data + "end\n";
}

std::string Tics(const char* axis, const std::vector<std::string>& names,
                 const char* how) {
  std::string tics = absl::StrCat("set ", axis, "tics scale 0 ", how, " (");
  for (size_t i = 0; i < names.size(); ++i) {
    absl::StrAppend(&tics, i == 0 ? "" : ", ", Quoted(names[i]), " ", i);
  }
  return tics + ")\n";
}

// How the names of columns are turned to find room.
const char* Turned(const Heatmap& heatmap, int side) {
  if (side < kRoomForNumbers) return "rotate by 90 right";
  const bool short_names =
      std::all_of(heatmap.columns.begin(), heatmap.columns.end(),
                  [](const std::string& name) { return name.size() <= 3; });
  return short_names ? "norotate" : "rotate by 45 right";
}

std::string Axes(const Heatmap& heatmap, int side) {
  return absl::StrFormat(
             "set title %s font ',16'\n"
             "set xlabel %s textcolor '#404040'\n"
             "set ylabel %s textcolor '#404040'\n"
             "set xrange [-0.5:%d.5]\nset yrange [%d.5:-0.5]\n"
             "set size ratio -1\nunset border\nunset key\nunset colorbox\n"
             "set palette defined (0 '#f7f9fc', 0.5 '#6baed6', 1 '#08519c')\n"
             "set cbrange [0:1]\n"
             "set style fill solid border linecolor '#ffffff'\n",
             Quoted(heatmap.title), Quoted(heatmap.column_label),
             Quoted(heatmap.row_label), heatmap.columns.size() - 1,
             heatmap.rows.size() - 1) +
         Tics("x", heatmap.columns, Turned(heatmap, side)) +
         Tics("y", heatmap.rows, "");
}

std::string Cells(int side) {
  std::string cells =
      "plot $cells using 1:2:(0.5):(0.5):3 with boxxyerror fillcolor palette";
  if (side >= kRoomForNumbers) {
    cells += ", $cells using 1:2:4:5 with labels textcolor rgb variable";
  }
  return cells + "\n";
}

absl::StatusOr<std::string> Script(const Heatmap& heatmap,
                                   const std::string& path) {
  RETURN_IF_ERROR(Check(heatmap));
  const int side = CellSide(heatmap);
  ASSIGN_OR_RETURN(
      const std::string preamble,
      Preamble(path, kMargins + side * static_cast<int>(heatmap.columns.size()),
               kMargins + side * static_cast<int>(heatmap.rows.size())));
  return absl::StrCat(preamble, Data(heatmap), Axes(heatmap, side),
                      Cells(side));
}

}  // namespace

absl::Status DrawHeatmap(const Heatmap& heatmap, const std::string& path) {
  const auto script = Script(heatmap, path);
  if (!script.ok()) return AtPlace(script.status(), path);
  return Draw(*script, path);
}

}  // namespace toque
