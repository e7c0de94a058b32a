#include <algorithm>
#include <cmath>

#include "absl/strings/str_format.h"
#include "framework/plot/plot.h"
#include "framework/plot/script.h"

namespace toque {
namespace {

// Okabe and Ito, 2008: told apart with any kind of colour vision.
constexpr const char* kColors[] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                   "#e69f00", "#56b4e9", "#7f7f7f", "#000000"};
// A line of so few points shows them, and a lone one at all.
constexpr size_t kFewPoints = 40;
// Rows that the names of marks take turns in, so that neighbours don't collide.
constexpr size_t kMarkRows = 3;
// Columns of text that the x axis is long, at least.
constexpr double kColumns = 85;

bool Drawable(double value, Chart::Scale scale) {
  return std::isfinite(value) && (scale == Chart::Scale::kLinear || value > 0);
}

bool Drawable(const Chart& chart, const std::pair<double, double>& point) {
  return Drawable(point.first, chart.x_scale) &&
         Drawable(point.second, chart.y_scale);
}

// The part of the x axis left of a mark, from 0 to 1.
double Place(const Chart& chart, double x) {
  const auto scaled = [&chart](double value) {
    return chart.x_scale == Chart::Scale::kLog ? std::log(value) : value;
  };
  double least = INFINITY;
  double most = -INFINITY;
  for (const Series& series : chart.series) {
    for (const auto& point : series.points) {
      if (!Drawable(chart, point)) continue;
      least = std::min(least, scaled(point.first));
      most = std::max(most, scaled(point.first));
    }
  }
  return (scaled(x) - least) / (most - least);
}

// The marks that lie within the x axis.
std::vector<Chart::Mark> MarksOf(const Chart& chart) {
  std::vector<Chart::Mark> marks;
  for (const Chart::Mark& mark : chart.marks) {
    if (!Drawable(mark.x, chart.x_scale)) continue;
    const double place = Place(chart, mark.x);
    if (place >= 0 && place <= 1) marks.push_back(mark);
  }
  return marks;
}

std::string Data(const Chart& chart) {
  std::string data;
  for (size_t i = 0; i < chart.series.size(); ++i) {
    absl::StrAppend(&data, "$series", i, " << end\n");
    for (const auto& point : chart.series[i].points) {
      if (Drawable(chart, point)) {
        absl::StrAppend(&data, Number(point.first), " ", Number(point.second));
      }
      data += "\n";  // alone: a gap
    }
    data += "end\n";
  }
  return data;
}

std::string Axes(const Chart& chart, size_t mark_rows) {
  std::string axes = absl::StrFormat(
      "set title %s font ',16' offset 0,%g\nset tmargin %g\n"
      "set xlabel %s textcolor '#404040'\nset ylabel %s textcolor '#404040'\n"
      "set grid linetype 1 linecolor '#e6e6e6' linewidth 1\n"
      "set key outside bottom center horizontal Left reverse samplen 2 height "
      "1\n"
      "set format '%%g'\nset autoscale xfix\n",
      Quoted(chart.title), static_cast<double>(mark_rows),
      3 + static_cast<double>(mark_rows), Quoted(chart.x_label),
      Quoted(chart.y_label));
  if (chart.x_scale == Chart::Scale::kLog) axes += "set logscale x\n";
  if (chart.y_scale == Chart::Scale::kLog) axes += "set logscale y\n";
  if (chart.y_limit) {
    absl::StrAppend(&axes, "set yrange [*:*<", Number(*chart.y_limit), "]\n");
  }
  return axes;
}

std::string Marks(const Chart& chart, const std::vector<Chart::Mark>& marks) {
  std::string text;
  double beyond = 0;  // columns that a name needs right of the axes
  for (size_t i = 0; i < marks.size(); ++i) {
    const std::string x = Number(marks[i].x);
    absl::StrAppendFormat(
        &text,
        "set arrow from first %s, graph 0 to first %s, graph 1 nohead back "
        "linecolor '#909090' dashtype 3\n"
        "set label %s at first %s, graph 1 left offset -0.2,%g textcolor "
        "'#606060'\n",
        x, x, Quoted(marks[i].name), x,
        0.6 + static_cast<double>(i % kMarkRows));
    // From its mark to the right edge.
    const double room = (1 - Place(chart, marks[i].x)) * kColumns;
    beyond = std::max(beyond, static_cast<double>(marks[i].name.size()) - room);
  }
  if (beyond > 0) absl::StrAppendFormat(&text, "set rmargin %g\n", 2 + beyond);
  return text;
}

std::string Lines(const Chart& chart) {
  std::string lines;
  for (size_t i = 0; i < chart.series.size(); ++i) {
    const Series& series = chart.series[i];
    if (std::none_of(
            series.points.begin(), series.points.end(),
            [&](const auto& point) { return Drawable(chart, point); })) {
      continue;
    }
    absl::StrAppendFormat(&lines,
                          "%s $series%d using 1:2 with %s linewidth 2 "
                          "linecolor '%s' dashtype %d title %s",
                          lines.empty() ? "plot" : ",", i,
                          series.points.size() > kFewPoints
                              ? "lines"
                              : "linespoints pointtype 7 pointsize 0.4",
                          kColors[i % std::size(kColors)],
                          1 + i / std::size(kColors), Quoted(series.name));
  }
  return lines;
}

absl::StatusOr<std::string> Script(const Chart& chart,
                                   const std::string& path) {
  ASSIGN_OR_RETURN(const std::string preamble, Preamble(path, 880, 500));
  const std::string lines = Lines(chart);
  if (lines.empty()) {
    return Invalid("the chart must have a point that can be drawn");
  }
  const std::vector<Chart::Mark> marks = MarksOf(chart);
  return absl::StrCat(preamble, Data(chart),
                      Axes(chart, std::min(marks.size(), kMarkRows)),
                      Marks(chart, marks), lines, "\n");
}

}  // namespace

absl::Status DrawChart(const Chart& chart, const std::string& path) {
  const auto script = Script(chart, path);
  if (!script.ok()) return AtPlace(script.status(), path);
  return Draw(*script, path);
}

}  // namespace toque
