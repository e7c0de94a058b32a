#include <array>

#include "framework/codec/codec.h"
#include "framework/plot/plot.h"
#include "framework/plot/plot_testing.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::HasSubstr;
using testing::Not;

// Three pictures of 8 x 6 pixels in two columns, each pixel its own colour.
Sheet ThreePictures() {
  Sheet sheet;
  sheet.title = "what is seen";
  sheet.columns = 2;
  for (int i = 0; i < 3; ++i) {
    Sheet::Picture picture{absl::StrCat("class ", i), 8, 6, {}};
    for (int pixel = 0; pixel < 8 * 6; ++pixel) {
      for (const int level : {pixel, 3 * pixel, 80 * i}) {
        picture.pixels.push_back(static_cast<uint8_t>(level));
      }
    }
    sheet.pictures.push_back(picture);
  }
  return sheet;
}

using Dot = std::array<uint8_t, 3>;

// The dots of a PNG, a row after the other.
std::vector<std::vector<Dot>> Dots(const std::string& png) {
  const auto bytes = absl::MakeConstSpan(
      reinterpret_cast<const uint8_t*>(png.data()), png.size());
  const auto header = ReadHeader(bytes);
  EXPECT_OK(header);
  std::vector<std::vector<Dot>> dots(static_cast<size_t>(header->height));
  EXPECT_OK(
      Decode(bytes, *header, {0, 0, header->height, header->width}, {},
             [&](int64_t y, const uint8_t* row) {
               auto& line = dots[static_cast<size_t>(y)];
               for (int64_t x = 0; x < header->width; ++x) {
                 line.push_back({row[4 * x], row[4 * x + 1], row[4 * x + 2]});
               }
             }));
  return dots;
}

TEST(SheetTest, ShowsEveryPixelAsASquareOfDots) {
  const Sheet sheet = ThreePictures();
  ASSERT_OK(DrawSheet(sheet, PathOf("sheet.png")));
  const auto dots = Dots(Contents(PathOf("sheet.png")));
  // A picture's longest side becomes 192 dots.
  constexpr size_t kZoom = 192 / 8;
  const size_t width = 16 + 2 * (6 * kZoom + 16);
  EXPECT_EQ(dots[0].size(), width);
  for (size_t i = 0; i < 3; ++i) {
    const size_t top = 64 + 16 + i / 2 * (192 + 44 + 16);
    const size_t left = 16 + i % 2 * (6 * kZoom + 16);
    for (size_t y = 0; y < 8 * kZoom; ++y) {
      for (size_t x = 0; x < 6 * kZoom; ++x) {
        const uint8_t* pixel =
            &sheet.pictures[i].pixels[(y / kZoom * 6 + x / kZoom) * 3];
        ASSERT_EQ(dots[top + y][left + x], (Dot{pixel[0], pixel[1], pixel[2]}))
            << i << " at " << y << ", " << x;
      }
    }
    EXPECT_EQ(dots[top - 1][left], (Dot{255, 255, 255}));
  }
}

TEST(SheetTest, NamesItsPicturesAsTheyAre) {
  Sheet sheet = ThreePictures();
  sheet.pictures[1].name = "it's <b> & c";
  sheet.pictures[2].name = "a name that is much too long";
  ASSERT_OK(DrawSheet(sheet, PathOf("sheet.svg")));
  const std::string svg = Contents(PathOf("sheet.svg"));
  ExpectWellFormed(svg);
  for (const char* text : {"what is seen", "class 0", "it's &lt;", "a name"}) {
    EXPECT_THAT(svg, HasSubstr(text));
  }
  EXPECT_THAT(svg, Not(HasSubstr("too long")));
}

TEST(SheetTest, RefusesWhatCannotBeDrawn) {
  const std::string path = PathOf("bad.png");
  EXPECT_THAT(DrawSheet({}, path),
              FailsWith("bad.png: the sheet must have pictures"));
  Sheet sheet = ThreePictures();
  sheet.columns = 0;
  EXPECT_THAT(DrawSheet(sheet, path),
              FailsWith("columns must be at least 1, got 0"));
  sheet = ThreePictures();
  sheet.pictures[1].pixels.pop_back();
  EXPECT_THAT(DrawSheet(sheet, path),
              FailsWith("a picture of 8 x 6 must have three bytes a pixel, got "
                        "143"));
  sheet = ThreePictures();
  sheet.columns = 1;
  sheet.pictures.resize(300, sheet.pictures[0]);
  EXPECT_THAT(DrawSheet(sheet, path),
              FailsWith("the sheet must be at most 32000 dots long, got "));
}

}  // namespace
}  // namespace toque
