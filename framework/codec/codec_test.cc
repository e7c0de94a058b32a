#include "framework/codec/codec.h"

#include <fstream>
#include <map>

#include "absl/strings/escaping.h"
#include "framework/codec/decoders.h"
#include "framework/codec/scratch.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

struct Golden {
  std::string bytes;
  int64_t height = 0;
  int64_t width = 0;
  std::string pixels;  // R, G and B
};

// Pillow 13: tests/goldens/images.py
std::map<std::string, Golden> Goldens() {
  std::ifstream file("framework/codec/codec_golden.txt");
  std::map<std::string, Golden> goldens;
  std::string name, bytes, pixels;
  for (Golden golden;
       file >> name >> golden.width >> golden.height >> bytes >> pixels;) {
    golden.bytes = absl::HexStringToBytes(bytes);
    golden.pixels = absl::HexStringToBytes(pixels);
    goldens[name] = golden;
  }
  return goldens;
}

absl::Span<const uint8_t> Span(std::string_view bytes) {
  return {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()};
}

// R, G and B of a region, or with `grey` the luma.
absl::StatusOr<std::string> Pixels(absl::Span<const uint8_t> bytes,
                                   const ImageHeader& header,
                                   const Region& region, bool grey = false) {
  std::string pixels;
  int64_t rows = 0;
  RETURN_IF_ERROR(Decode(bytes, header, region, {.grey = grey},
                         [&](int64_t y, const uint8_t* row) {
                           EXPECT_EQ(y, rows++);
                           for (int64_t x = 0; x < region.width; ++x) {
                             pixels.append(
                                 reinterpret_cast<const char*>(row + 4 * x),
                                 grey ? 1 : 3);
                           }
                         }));
  EXPECT_EQ(rows, region.height);
  return pixels;
}

Region Whole(const ImageHeader& header) {
  return {0, 0, header.height, header.width};
}

std::string Cut(const Golden& whole, const Region& region) {
  std::string part;
  for (int64_t y = region.top; y < region.top + region.height; ++y) {
    part += whole.pixels.substr(3 * (y * whole.width + region.left),
                                3 * region.width);
  }
  return part;
}

class CodecTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(goldens_.size(), 56u); }
  const std::map<std::string, Golden> goldens_ = Goldens();
};

TEST_F(CodecTest, PixelsArePillows) {
  for (const auto& [name, golden] : goldens_) {
    SCOPED_TRACE(name);
    const auto header = ReadHeader(Span(golden.bytes));
    ASSERT_OK(header);
    EXPECT_EQ(header->height, golden.height);
    EXPECT_EQ(header->width, golden.width);
    EXPECT_EQ(header->orientation, name.ends_with("orientation_6") ? 6 : 1);
    const auto pixels = Pixels(Span(golden.bytes), *header, Whole(*header));
    ASSERT_OK(pixels);
    EXPECT_TRUE(*pixels == golden.pixels);
  }
}

TEST_F(CodecTest, ARegionIsThatPartOfTheWholePicture) {
  for (const auto& [name, golden] : goldens_) {
    SCOPED_TRACE(name);
    const auto header = ReadHeader(Span(golden.bytes));
    ASSERT_OK(header);
    for (int64_t i = 0; i < 9; ++i) {
      SCOPED_TRACE(i);
      const int64_t left = i * 5 % 11;
      const Region inside{i / 2, left, golden.height - i,
                          golden.width - left - i % 2};
      const auto pixels = Pixels(Span(golden.bytes), *header, inside);
      ASSERT_OK(pixels);
      EXPECT_TRUE(*pixels == Cut(golden, inside));
    }
  }
}

// Pillow's "L" of R, G and B: (19595 R + 38470 G + 7471 B + 2^15) / 2^16.
TEST_F(CodecTest, GreyIsTheLumaOfThePixels) {
  for (const auto& [name, golden] : goldens_) {
    SCOPED_TRACE(name);
    const auto header = ReadHeader(Span(golden.bytes));
    ASSERT_OK(header);
    const auto grey =
        Pixels(Span(golden.bytes), *header, Whole(*header), /*grey=*/true);
    ASSERT_OK(grey);
    const auto pixels = Span(golden.pixels);
    for (size_t i = 0; i < grey->size(); ++i) {
      const int64_t luma = int64_t{19595} * pixels[3 * i] +
                           38470 * pixels[3 * i + 1] +
                           7471 * pixels[3 * i + 2] + 32768;
      ASSERT_EQ(Span(*grey)[i], luma / 65536) << i;
    }
  }
}

// Rows that are given before a fault is found are right.
TEST_F(CodecTest, AFileCutAnywhereIsAnErrorOrPixels) {
  for (const auto& [name, golden] : goldens_) {
    SCOPED_TRACE(name);
    size_t errors = 0;
    for (size_t size = 0; size < golden.bytes.size(); ++size) {
      // Memory of its own, so that a sanitizer sees a read beyond it.
      const std::vector<uint8_t> bytes(golden.bytes.begin(),
                                       golden.bytes.begin() + size);
      const auto header = ReadHeader(bytes);
      absl::Status status = header.status();
      if (header.ok() && header->height <= 64 && header->width <= 64) {
        status = Decode(bytes, *header, Whole(*header), {},
                        [](int64_t, const uint8_t*) {});
      }
      if (status.ok()) continue;
      ++errors;
      EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
    }
    // What lies behind the first picture isn't missed.
    EXPECT_GE(errors, golden.bytes.size() / 3);
  }
}

TEST(CodecErrorTest, SayWhatAndWhere) {
  EXPECT_THAT(ReadHeader({}), FailsWith("got an empty file"));
  EXPECT_THAT(ReadHeader(Span("no picture")),
              FailsWith("a picture must be JPEG, PNG, WebP, BMP, PNM or GIF, "
                        "got a file that begins with the bytes "
                        "6e6f207069637475"));
  EXPECT_THAT(ReadHeader(Span("P6 2 2 255\nabc")),
              FailsWith("PNM: 2 rows of 6 bytes begin at 11 and the file ends "
                        "at byte 14 of 14"));
  EXPECT_THAT(ReadHeader(Span("P5 2 2 70000\n")),
              FailsWith("PNM: the greatest value must be 1 to 65535"));
  EXPECT_THAT(ReadHeader(Span("\x89PNG\r\n\x1a\n")),
              FailsWith("PNG: there is no IHDR at byte 8 of 8"));
}

// Claims that no data can back are found before memory is asked for.
TEST(CodecErrorTest, SizesWithoutDataAreRefused) {
  EXPECT_THAT(ReadHeader(Span("P6 2147483647 2147483647 65535\n0")),
              FailsWith("PNM: 2147483647 rows of"));
  EXPECT_THAT(ReadHeader(Span("P1 99999 99999\n0")),
              FailsWith("PNM: 99999 rows of"));
  EXPECT_THAT(ReadHeader(Span("P6 99999999999 1 255\n0")),
              FailsWith("PNM: there is no size that is allowed"));
  const std::string bmp = absl::HexStringToBytes(
      "424d00000000000000003600000028000000ffffff7fffffff7f010020000000000000"
      "00000000000000000000000000000000000000");
  EXPECT_THAT(ReadHeader(Span(bmp)), FailsWith("BMP: 2147483647 rows of"));
}

// 30,000 x 2,000 pixels of 8 bytes, interlaced, and 8 bytes of deflated data.
TEST(CodecErrorTest, APngOfMorePixelsThanDeflateCanHideIsRefused) {
  const std::string png = absl::HexStringToBytes(
      "89504e470d0a1a0a0000000d4948445200007530000007d010060000012c03ceef"
      "0000000849444154789c030000000001480689d20000000049454e44ae426082");
  const auto header = ReadHeader(Span(png));
  ASSERT_OK(header);
  EXPECT_THAT(Pixels(Span(png), *header, Whole(*header)),
              FailsWith("PNG: too little data for the picture"));
}

std::string Exif(std::string_view hex) {
  return absl::HexStringToBytes(View(hex));
}

TEST(ExifTest, ReadsTheOrientationInEitherByteOrder) {
  const std::string little =
      "49492a0008000000"
      "0100"
      "1201030001000000";
  const std::string big =
      "4d4d002a00000008"
      "0001"
      "0112000300000001";
  for (int value = 1; value <= 8; ++value) {
    const std::string digit = std::to_string(value);
    EXPECT_EQ(ExifOrientation(Span(Exif(little + "0" + digit + "000000"))),
              value);
    EXPECT_EQ(ExifOrientation(Span(Exif(big + "000" + digit + "0000"))), value);
    EXPECT_EQ(ExifOrientation(
                  Span(Exif("457869660000" + big + "000" + digit + "0000"))),
              value);
  }
}

TEST(ExifTest, WhatIsNotSensibleIsUpright) {
  const std::string good = Exif("4d4d002a0000000800010112000300000001000600");
  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_EQ(ExifOrientation(Span(std::string(good, 0, size))), 1) << size;
  }
  const std::string start = "4d4d002a0000000800010112000300000001";
  EXPECT_EQ(ExifOrientation(Span(Exif(start + "00000000"))), 1);
  EXPECT_EQ(ExifOrientation(Span(Exif(start + "00090000"))), 1);
  // A directory outside, and one that claims more tags than there are.
  EXPECT_EQ(ExifOrientation(Span(Exif("4d4d002affffffff"))), 1);
  EXPECT_EQ(ExifOrientation(Span(Exif("4d4d002a00000008ffff"))), 1);
}

TEST(ExifTest, AJpegKeepsTheFirstOrientationThatItTells) {
  const std::string begin =
      "457869660000"
      "4d4d002a00000008";
  const std::string tag =
      "0001"
      "0112"
      "0003"
      "00000001";
  const std::string turned = absl::StrCat("ffe1001e", begin, tag, "00060000");
  const std::string other = absl::StrCat("ffe1001e", begin, tag, "00030000");
  const std::string silent = absl::StrCat("ffe10012", begin, "0000");
  const std::string frame =
      "ffc0"
      "000b"
      "08"
      "0002"
      "0003"
      "01"
      "011100";
  for (const std::string& blocks :
       {turned, turned + silent, silent + turned, turned + other}) {
    const auto header =
        ReadJpegHeader(Span(Exif(absl::StrCat("ffd8", blocks, frame))));
    ASSERT_OK(header);
    EXPECT_EQ(header->orientation, 6) << blocks;
    EXPECT_EQ(header->height, 2);
  }
}

TEST(ScratchTest, GivesBackWhatIsGreat) {
  std::vector<uint8_t> buffer(1000);
  { const Scratch kept(&buffer); }
  EXPECT_EQ(buffer.size(), 1000u);
  {
    const Scratch kept(&buffer);
    buffer.reserve(kMostScratch + 1);
  }
  EXPECT_EQ(buffer.capacity(), 0u);
}

}  // namespace
}  // namespace toque
