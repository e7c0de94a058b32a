#include "framework/plot/plot.h"

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>

#include "framework/plot/plot_testing.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// What is drawn, as the bytes of the file.
std::string Drawn(const Chart& chart, const std::string& name) {
  EXPECT_OK(DrawChart(chart, PathOf(name)));
  return Contents(PathOf(name));
}
std::string Drawn(const Bars& bars, const std::string& name) {
  EXPECT_OK(DrawBars(bars, PathOf(name)));
  return Contents(PathOf(name));
}
std::string Drawn(const Heatmap& heatmap, const std::string& name) {
  EXPECT_OK(DrawHeatmap(heatmap, PathOf(name)));
  return Contents(PathOf(name));
}

Chart TwoLines() {
  return {.title = "Losses",
          .x_label = "epoch",
          .y_label = "loss",
          .series = {{"training", {{0, 2}, {1, 1}, {2, 0.5}}},
                     {"evaluation", {{0, 3}, {1, 2}, {2, 1.5}}}},
          .marks = {{1, "warm-up ends"}}};
}

TEST(ChartTest, IsAWellFormedSvgThatNamesEverything) {
  const std::string svg = Drawn(TwoLines(), "lines.svg");
  ExpectWellFormed(svg);
  for (const char* name :
       {"Losses", "epoch", "loss", "training", "evaluation", "warm-up ends"}) {
    EXPECT_THAT(svg, HasSubstr(name));
  }
}

TEST(ChartTest, IsAPng) {
  EXPECT_THAT(Drawn(TwoLines(), "lines.png"), StartsWith("\x89PNG\r\n\x1a\n"));
}

TEST(ChartTest, HasTheSameBytesForTheSameNumbers) {
  for (const std::string suffix : {".svg", ".png"}) {
    EXPECT_EQ(Drawn(TwoLines(), "a" + suffix), Drawn(TwoLines(), "b" + suffix));
  }
}

TEST(ChartTest, TakesNamesAsTheyAre) {
  Chart chart = TwoLines();
  chart.title = "it's `date` \"x\"\\n";
  chart.series[0].name = "a_1 <{b}> & c\nd";
  const std::string svg = Drawn(chart, "names.svg");
  ExpectWellFormed(svg);
  EXPECT_THAT(svg, HasSubstr("it's `date` "));
  EXPECT_THAT(svg, HasSubstr("a_1 &lt;{b}> &amp; c d"));
}

TEST(ChartTest, LeavesAGapWhereAPointCannotBeDrawn) {
  const auto chart = [](std::vector<std::pair<double, double>> points) {
    return Chart{.series = {{"line", std::move(points)}}};
  };
  const std::vector<std::pair<double, double>> whole = {
      {0, 1}, {1, 2}, {2, 3}, {3, 4}};
  std::vector<std::pair<double, double>> cut = whole;
  cut.insert(cut.begin() + 2, {1.5, std::nan("")});
  EXPECT_NE(Drawn(chart(whole), "whole.svg"), Drawn(chart(cut), "cut.svg"));

  Chart logarithmic = chart({{-1, 2}, {0, 2}, {1, 10}, {10, 20}});
  logarithmic.x_scale = Chart::Scale::kLog;
  Chart positive = chart({{1, 10}, {10, 20}});
  positive.x_scale = Chart::Scale::kLog;
  EXPECT_EQ(Drawn(logarithmic, "log.svg"), Drawn(positive, "positive.svg"));
}

// Left of its line it would seem to name what ends there.
TEST(ChartTest, NamesAMarkRightOfItsLine) {
  const Chart chart = {.series = {{"rate", {{0, 1}, {100, 0}}}},
                       .marks = {{98, "a constant stretch"}}};
  const std::string svg = Drawn(chart, "mark.svg");
  const std::regex label(R"(text-anchor="start">\s*<text>a constant stretch)");
  EXPECT_TRUE(std::regex_search(svg, label)) << svg;
}

TEST(ChartTest, EndsItsAxisWhereAsked) {
  Chart chart = {.series = {{"loss", {{1, 2}, {2, 1}, {3, 1000}}}}};
  EXPECT_THAT(Drawn(chart, "whole.svg"), HasSubstr(">1000<"));
  chart.y_limit = 3;
  EXPECT_THAT(Drawn(chart, "cut.svg"), Not(HasSubstr("000<")));
  EXPECT_THAT(Drawn(chart, "cut.svg"), HasSubstr(">3<"));
  // Nothing is as high.
  chart.y_limit = 1e6;
  EXPECT_EQ(Drawn(chart, "high.svg"), Drawn(chart, "whole.svg"));
}

TEST(ChartTest, RefusesWhatCannotBeDrawn) {
  EXPECT_THAT(DrawChart({}, PathOf("empty.svg")),
              FailsWith("empty.svg: the chart must have a point that can be "
                        "drawn"));
  const Chart nan = {.series = {{"nan", {{0, std::nan("")}}}}};
  EXPECT_THAT(DrawChart(nan, PathOf("nan.svg")),
              FailsWith("must have a point that can be drawn"));
  EXPECT_THAT(DrawChart(TwoLines(), PathOf("lines.gif")),
              FailsWith("a picture's name must end in .svg or .png, got "));
  EXPECT_THAT(DrawChart(TwoLines(), PathOf("nowhere/lines.svg")),
              FailsWith("nowhere/lines.svg: can't be written"));
}

TEST(ChartTest, LeavesTheOldPictureWhereGnuplotIsMissing) {
  const std::string before = Drawn(TwoLines(), "kept.svg");
  const std::string path = std::getenv("PATH");
  setenv("PATH", TestFolder().c_str(), 1);
  EXPECT_THAT(DrawChart(TwoLines(), PathOf("kept.svg")),
              FailsWith("kept.svg: gnuplot, which draws pictures, must be "
                        "installed (Debian package gnuplot-nox)"));
  EXPECT_THAT(CheckPlotter(), FailsWith("must be installed"));
  setenv("PATH", path.c_str(), 1);
  EXPECT_OK(CheckPlotter());
  EXPECT_EQ(Contents(PathOf("kept.svg")), before);
}

TEST(ChartTest, SaysWhatGnuplotComplainsAbout) {
  const std::string folder = TestFolder();
  std::ofstream(folder + "/gnuplot")
      << "#!/bin/sh\necho no fonts >&2\nexit 3\n";
  std::filesystem::permissions(folder + "/gnuplot",
                               std::filesystem::perms::owner_all);
  const std::string path = std::getenv("PATH");
  setenv("PATH", (folder + ":" + path).c_str(), 1);
  EXPECT_THAT(DrawChart(TwoLines(), PathOf("failed.svg")),
              FailsWith("failed.svg: gnuplot failed: no fonts"));
  setenv("PATH", path.c_str(), 1);
  EXPECT_FALSE(std::filesystem::exists(PathOf("failed.svg")));
}

TEST(HeatmapTest, ShowsNamesAndNumbers) {
  const Heatmap heatmap = {.title = "Confusion",
                           .row_label = "truth",
                           .column_label = "prediction",
                           .rows = {"cat", "dog"},
                           .columns = {"cat", "dog", "neither & nor"},
                           .cells = {{905, 31, 0}, {0, 0, 0}}};
  const std::string svg = Drawn(heatmap, "heatmap.svg");
  ExpectWellFormed(svg);
  for (const char* text : {"Confusion", "truth", "prediction", "cat", "dog",
                           "neither &amp; nor", ">905<", ">31<"}) {
    EXPECT_THAT(svg, HasSubstr(text));
  }
}

TEST(HeatmapTest, LeavesNumbersOutWhereCellsAreSmall) {
  Heatmap heatmap;
  heatmap.rows.assign(100, "class");
  heatmap.columns = heatmap.rows;
  heatmap.cells.assign(100, std::vector<double>(100, 777));
  EXPECT_THAT(Drawn(heatmap, "large.svg"), Not(HasSubstr("777")));
}

TEST(HeatmapTest, RefusesCellsThatFitNoNames) {
  const auto draw = [](std::vector<std::vector<double>> cells) {
    return DrawHeatmap(
        {.rows = {"a", "b"}, .columns = {"a", "b"}, .cells = std::move(cells)},
        PathOf("bad.svg"));
  };
  EXPECT_THAT(
      draw({{1, 2}}),
      FailsWith("the heatmap must have cells for each of 2 rows, got 1"));
  EXPECT_THAT(draw({{1, 2}, {3}}),
              FailsWith("a row of the heatmap must have 2 cells, got 1"));
  EXPECT_THAT(draw({{1, 2}, {3, -1}}),
              FailsWith("must be finite and at least 0, got -1"));
  EXPECT_THAT(DrawHeatmap({}, PathOf("bad.svg")),
              FailsWith("the heatmap must have rows and columns"));
}

Bars TwoPanels() {
  return {.title = "A net",
          .rows = {"conv & norm", "linear"},
          .panels = {{"MACs", "350 G", {{300, "300 G"}, {50, "50 G"}}},
                     {"time", "7 ms", {{0, ""}, {100, "100 %"}}}}};
}

TEST(BarsTest, AreAWellFormedSvgThatNamesEverything) {
  const std::string svg = Drawn(TwoPanels(), "bars.svg");
  ExpectWellFormed(svg);
  for (const char* text :
       {"A net", "conv &amp; norm", "linear", "MACs", "350 G", "300 G", ">50 G",
        "time", "7 ms", "100 %"}) {
    EXPECT_THAT(svg, HasSubstr(text));
  }
}

TEST(BarsTest, AreAsLongAsTheirShareOfTheLongestInTheirPanel) {
  Bars bars = TwoPanels();
  const std::string svg = Drawn(bars, "bars.svg");
  for (Bars::Bar& bar : bars.panels[0].bars) bar.length *= 1e9;
  EXPECT_EQ(Drawn(bars, "scaled.svg"), svg);
  bars.panels[0].bars[1].length *= 2;
  EXPECT_NE(Drawn(bars, "longer.svg"), svg);
}

TEST(BarsTest, MakeThePictureHigherWithTheirRows) {
  Bars bars = TwoPanels();
  EXPECT_THAT(Drawn(bars, "low.svg"), HasSubstr("height=\"136\""));
  bars.rows.resize(40, "a layer");
  for (Bars::Panel& panel : bars.panels) panel.bars.resize(40);
  EXPECT_THAT(Drawn(bars, "high.svg"), HasSubstr("height=\"820\""));
}

TEST(BarsTest, RefuseWhatCannotBeDrawn) {
  const std::string path = PathOf("bad.svg");
  EXPECT_THAT(DrawBars({}, path),
              FailsWith("bad.svg: bars must stand in 1 to 883 rows, got 0"));
  EXPECT_THAT(DrawBars({.rows = {"a"}}, path),
              FailsWith("bars must stand in panels"));
  Bars bars = TwoPanels();
  bars.panels[1].bars[0].length = -1;
  EXPECT_THAT(DrawBars(bars, path),
              FailsWith("a bar must be finite and at least 0, got -1"));
  bars.panels[0].bars.pop_back();
  EXPECT_THAT(DrawBars(bars, path),
              FailsWith("a panel must have bars for each of 2 rows, got 1"));
}

}  // namespace
}  // namespace toque
