// Pictures of numbers, drawn by the program gnuplot.
//
// The file's suffix says the format, ".svg" or ".png". Equal numbers give equal
// files. A file is written whole or not at all. Errors: a suffix of another
// format, nothing to draw, and a gnuplot that is not installed or that fails;
// they begin with the path.

#ifndef TOQUE_FRAMEWORK_PLOT_PLOT_H_
#define TOQUE_FRAMEWORK_PLOT_PLOT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "framework/status.h"

namespace toque {

// A line through points (x, y), in this order. One that is not finite, or not
// above 0 on a logarithmic axis, is left out and leaves a gap.
struct Series {
  std::string name = "";
  std::vector<std::pair<double, double>> points = {};
};

struct Chart {
  enum class Scale { kLinear, kLog };
  // A vertical line, and its name above, where what it names begins.
  struct Mark {
    double x = 0;
    std::string name = "";
  };

  std::string title = "";
  std::string x_label = "";
  std::string y_label = "";
  Scale x_scale = Scale::kLinear;
  Scale y_scale = Scale::kLinear;
  std::vector<Series> series = {};  // at least one point in all
  std::vector<Mark> marks = {};
  // What the y axis does not go beyond; lines above it leave the picture.
  std::optional<double> y_limit = std::nullopt;
};

absl::Status DrawChart(const Chart& chart, const std::string& path);

// A matrix whose cells are coloured by their share of their row, so that rows
// of small numbers show as well. Numbers stand in the cells where there is
// room.
struct Heatmap {
  std::string title = "";
  std::string row_label = "";  // "truth"
  std::string column_label = "";
  std::vector<std::string> rows = {};  // names, from the top
  std::vector<std::string> columns = {};
  std::vector<std::vector<double>> cells = {};  // [rows][columns], 0 or above
};

absl::Status DrawHeatmap(const Heatmap& heatmap, const std::string& path);

// Horizontal bars in rows that panels side by side share, each panel with a
// scale of its own.
struct Bars {
  struct Bar {
    double length = 0;      // 0 or above
    std::string text = "";  // at its end
  };
  struct Panel {
    std::string name = "";
    std::string total = "";  // below the name
    std::vector<Bar> bars = {};
  };

  std::string title = "";
  std::vector<std::string> rows = {};  // names, from the top
  std::vector<Panel> panels = {};      // at least one
};

absl::Status DrawBars(const Bars& bars, const std::string& path);

// A contact sheet: photographs in rows, a name under each. Small ones are
// magnified by a whole number, so that their pixels show.
struct Sheet {
  struct Picture {
    std::string name = "";
    int64_t height = 0;
    int64_t width = 0;
    std::vector<uint8_t> pixels = {};  // [height, width, 3]: R, G, B
  };

  std::string title = "";
  int columns = 4;                     // at least 1
  std::vector<Picture> pictures = {};  // at least one
};

absl::Status DrawSheet(const Sheet& sheet, const std::string& path);

// OK where pictures can be drawn; else an error that says what to install.
absl::Status CheckPlotter();

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_PLOT_PLOT_H_
