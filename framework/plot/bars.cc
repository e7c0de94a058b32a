#include <algorithm>
#include <cmath>

#include "absl/strings/str_format.h"
#include "framework/plot/plot.h"
#include "framework/plot/script.h"

namespace toque {
namespace {

// Sizes in units of the picture.
constexpr int kMargin = 16;
constexpr int kHead = 84;  // title and names of panels
constexpr int kRow = 18;
constexpr int kPanel = 152;
constexpr int kLongest = 88;     // bar; the rest of a panel holds its text
constexpr double kLetter = 6.2;  // width, about
constexpr size_t kNameLetters = 56;
// What cairo still draws, at two dots a unit.
constexpr size_t kMostRows = (16000 - kHead - kMargin) / kRow;

absl::Status Check(const Bars& bars) {
  if (bars.rows.empty() || bars.rows.size() > kMostRows) {
    return Invalid(absl::StrCat("bars must stand in 1 to ", kMostRows, " rows"),
                   bars.rows.size());
  }
  if (bars.panels.empty()) return Invalid("bars must stand in panels");
  for (const Bars::Panel& panel : bars.panels) {
    if (panel.bars.size() != bars.rows.size()) {
      return Invalid(absl::StrCat("a panel must have bars for each of ",
                                  bars.rows.size(), " rows"),
                     panel.bars.size());
    }
    for (const Bars::Bar& bar : panel.bars) {
      if (!(std::isfinite(bar.length) && bar.length >= 0)) {
        return Invalid("a bar must be finite and at least 0", bar.length);
      }
    }
  }
  return absl::OkStatus();
}

// Where the first panel begins.
int NamesWidth(const Bars& bars) {
  size_t letters = 0;
  for (const std::string& row : bars.rows) {
    letters = std::max(letters, std::min(row.size(), kNameLetters));
  }
  return 2 * kMargin + static_cast<int>(kLetter * static_cast<double>(letters));
}

std::string Label(const std::string& text, double x, double y,
                  const char* look) {
  if (text.empty()) return "";
  return absl::StrFormat("set label %s at %g,%g left front %s\n", Quoted(text),
                         x, y, look);
}

// `y` is its middle.
std::string Box(double x, double y, double width, double height,
                const char* color) {
  return absl::StrFormat(
      "set object rectangle from %g,%g to %g,%g "
      "fillstyle solid noborder fillcolor '%s'\n",
      x, y - height / 2, x + width, y + height / 2, color);
}

double Middle(size_t row) {
  return kHead + kRow * (static_cast<double>(row) + 0.5);
}

// Names of rows, on bands that lead the eye through all panels.
std::string Rows(const std::vector<std::string>& names, int width) {
  std::string rows;
  for (size_t i = 0; i < names.size(); ++i) {
    if (i % 2 == 0) {
      rows += Box(kMargin / 2, Middle(i), width - kMargin, kRow, "#f3f6fa");
    }
    rows += Label(Shortened(names[i], kNameLetters), kMargin, Middle(i),
                  "font ',11' textcolor '#202020'");
  }
  return rows;
}

std::string PanelAt(int x, const Bars::Panel& panel) {
  double most = 0;
  for (const Bars::Bar& bar : panel.bars) most = std::max(most, bar.length);
  std::string text =
      Label(panel.name, x, kHead - 32, "textcolor '#202020'") +
      Label(panel.total, x, kHead - 14, "font ',11' textcolor '#606060'");
  for (size_t i = 0; i < panel.bars.size(); ++i) {
    const double share = most > 0 ? panel.bars[i].length / most : 0;
    const double length = kLongest * share;
    text += Box(x, Middle(i), length, 0.6 * kRow, "#0072b2") +
            Label(panel.bars[i].text, x + length + 5, Middle(i),
                  "font ',10' textcolor '#404040'");
  }
  const auto rows = static_cast<double>(panel.bars.size());
  return text + Box(x - 1, kHead + kRow * rows / 2, 1, kRow * rows, "#a0a8b0");
}

absl::StatusOr<std::string> Script(const Bars& bars, const std::string& path) {
  RETURN_IF_ERROR(Check(bars));
  const int names = NamesWidth(bars);
  const int width = names + kPanel * static_cast<int>(bars.panels.size());
  const int height =
      kHead + kRow * static_cast<int>(bars.rows.size()) + kMargin;
  ASSIGN_OR_RETURN(std::string script, Preamble(path, width, height));
  absl::StrAppendFormat(&script,
                        "set lmargin 0\nset rmargin 0\nset tmargin 0\n"
                        "set bmargin 0\nunset border\nunset tics\nunset key\n"
                        "set xrange [0:%d]\nset yrange [%d:0]\n",
                        width, height);
  script += Label(bars.title, kMargin, 24, "font ',16'");
  script += Rows(bars.rows, width);
  for (size_t i = 0; i < bars.panels.size(); ++i) {
    script += PanelAt(names + kPanel * static_cast<int>(i), bars.panels[i]);
  }
  return script + "plot NaN\n";
}

}  // namespace

absl::Status DrawBars(const Bars& bars, const std::string& path) {
  const auto script = Script(bars, path);
  if (!script.ok()) return AtPlace(script.status(), path);
  return Draw(*script, path);
}

}  // namespace toque
