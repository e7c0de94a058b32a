// Pictures that stay encoded until they are written.

#include <filesystem>
#include <fstream>
#include <random>

#include "framework/codec/encode.h"
#include "framework/image/image.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using Bytes = std::vector<uint8_t>;

Bytes ReadBytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::filesystem::path> JpegsIn(const std::string& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(folder)) {
    const auto type = entry.path().extension();
    if (type == ".jpg" || type == ".jpeg" || type == ".JPEG") {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<uint8_t> Levels(const Image& image) {
  std::vector<uint8_t> out(static_cast<size_t>(image.elements()));
  EXPECT_OK(image.Write(out.data(), {PixelForm::kUint8, true}));
  return out;
}

std::vector<uint8_t> Part(const std::vector<uint8_t>& pixels, int64_t width,
                          const Region& region) {
  std::vector<uint8_t> part;
  for (int64_t y = region.top; y < region.top + region.height; ++y) {
    const auto row = pixels.begin() + (y * width + region.left) * 3;
    part.insert(part.end(), row, row + region.width * 3);
  }
  return part;
}

Bytes Encoded(int64_t height, int64_t width, int quality) {
  std::vector<uint8_t> pixels;
  for (int64_t i = 0; i < height * width * 3; ++i) {
    pixels.push_back(static_cast<uint8_t>(i * i / 7 + i / (3 * width) * 5));
  }
  const PixelView view{pixels.data(), height, width, 3};
  const std::string file =
      quality > 0 ? *EncodeJpeg(view, quality) : *EncodePng(view);
  return {file.begin(), file.end()};
}

void ExpectCropsArePartOfTheWhole(const Bytes& bytes, int crops) {
  Image image;
  ASSERT_OK(image.Open(bytes));
  const int64_t height = image.height(), width = image.width();
  const auto whole = Levels(image);
  std::mt19937 random(1);
  const auto below = [&](int64_t bound) {
    return static_cast<int64_t>(random() % static_cast<uint64_t>(bound));
  };
  for (int i = 0; i < crops; ++i) {
    Region region;
    region.top = below(height);
    region.left = below(width);
    region.height = 1 + below(height - region.top);
    region.width = 1 + below(width - region.left);
    ASSERT_OK(image.Open(bytes));
    image.Crop(region.top, region.left, region.height, region.width);
    ASSERT_EQ(Levels(image), Part(whole, width, region))
        << region.top << " " << region.left << " " << region.height << " x "
        << region.width;
  }
}

TEST(EncodedTest, ACropIsPartOfTheWhole) {
  for (const int quality : {0, 30, 95}) {
    ExpectCropsArePartOfTheWhole(Encoded(61, 83, quality), 60);
  }
}

TEST(EncodedTest, ACropOfAPhotographIsPartOfIt) {
  SKIP_WITHOUT_DATA();
  const auto files = JpegsIn(DataFolder() + "/imagenet-sample");
  ASSERT_EQ(files.size(), 300u);
  for (size_t i = 0; i < files.size(); i += 4) {
    SCOPED_TRACE(files[i].string());
    ExpectCropsArePartOfTheWhole(ReadBytes(files[i]), 4);
  }
}

// Odd but valid files, and what libjpeg-turbo makes of them as PNG.
TEST(EncodedTest, AJpegIsItsReferenceAlsoInsideOfCrops) {
  SKIP_WITHOUT_DATA();
  int compared = 0;
  for (const auto& file :
       JpegsIn(DataFolder() + "/malformed-images/rs-jpeg-reftest")) {
    SCOPED_TRACE(file.string());
    auto reference_path = file;
    reference_path.replace_extension(".png");
    const Bytes bytes = ReadBytes(file);
    const Bytes reference_bytes = ReadBytes(reference_path);
    Image image, reference;
    if (reference_bytes.empty() || !image.Open(bytes).ok()) continue;
    ASSERT_OK(reference.Open(reference_bytes));
    if (image.height() != reference.height()) continue;
    std::vector<uint8_t> out(static_cast<size_t>(image.elements()));
    if (!image.Write(out.data(), {PixelForm::kUint8, true}).ok()) continue;
    const auto wanted = Levels(reference);
    int greatest = 0;
    for (size_t i = 0; i < out.size(); ++i) {
      greatest = std::max(greatest, std::abs(out[i] - wanted[i]));
    }
    // The references were made by another decoder.
    EXPECT_LE(greatest, 5);
    ExpectCropsArePartOfTheWhole(bytes, 40);
    ++compared;
  }
  EXPECT_GE(compared, 20);
}

TEST(EncodedTest, AnyOrientationGivesTheUprightPicture) {
  SKIP_WITHOUT_DATA();
  int turned = 0;
  for (const auto& file : JpegsIn(DataFolder() + "/exif-orientation")) {
    SCOPED_TRACE(file.string());
    const Bytes bytes = ReadBytes(file);
    Image image;
    ASSERT_OK(image.Open(bytes));
    const int orientation = ReadHeader(bytes)->orientation;
    turned += orientation != 1;
    ExpectCropsArePartOfTheWhole(bytes, 20);
  }
  EXPECT_GE(turned, 7);
}

TEST(EncodedTest, ResizingDecodesNoMoreThanWhatIsSeen) {
  const Bytes bytes = Encoded(97, 131, 90);
  Image image;
  ASSERT_OK(image.Open(bytes));
  const auto pixels = Levels(image);
  image.Crop(11, 7, 80, 100);
  image.Resize(31, 44);
  image.Crop(4, 9, 20, 22);
  Image raw;
  raw.View(pixels.data(), PixelLayout::Interleaved(3, 97, 131));
  raw.Crop(11, 7, 80, 100);
  raw.Resize(31, 44);
  raw.Crop(4, 9, 20, 22);
  EXPECT_EQ(Levels(image), Levels(raw));
}

TEST(EncodedTest, ScaledDecodingIsCloseToFullDecoding) {
  const Bytes bytes = Encoded(400, 600, 95);
  Image full, scaled;
  ASSERT_OK(full.Open(bytes));
  ASSERT_OK(scaled.Open(bytes, {.scaled_decoding = true}));
  for (Image* image : {&full, &scaled}) {
    image->Crop(13, 21, 370, 555);
    image->Resize(40, 60);
  }
  const auto a = Levels(full), b = Levels(scaled);
  EXPECT_NE(a, b);
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += std::abs(a[i] - b[i]);
  EXPECT_LT(sum / static_cast<double>(a.size()), 8);
}

TEST(EncodedTest, OneChannelIsTheLuma) {
  const Bytes bytes = Encoded(8, 9, 0);
  Image colour, grey;
  ASSERT_OK(colour.Open(bytes));
  ASSERT_OK(grey.Open(bytes, {.channels = 1}));
  EXPECT_EQ(grey.channels(), 1);
  const auto rgb = Levels(colour), luma = Levels(grey);
  for (size_t i = 0; i < luma.size(); ++i) {
    const double expected =
        0.299 * rgb[3 * i] + 0.587 * rgb[3 * i + 1] + 0.114 * rgb[3 * i + 2];
    EXPECT_NEAR(luma[i], expected, 0.51);
  }
}

TEST(EncodedTest, RefusesMorePixelsThanAllowedAndWhatIsNoPicture) {
  const Bytes bytes = Encoded(8, 9, 0);
  Image image;
  const absl::Status status = image.Open(bytes, {.max_pixels = 71});
  EXPECT_THAT(status, FailsWith("at most 71 pixels (max_pixels), got 8 x 9"));
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_OK(image.Open(bytes, {.max_pixels = 72}));
  EXPECT_THAT(image.Open(Bytes{'h', 'e', 'l', 'l', 'o'}),
              FailsWith("a picture must be JPEG, PNG"));
}

TEST(EncodedTest, AFileThatIsCutIsAnErrorWithItsPlaceOnceItsPixelsAreWanted) {
  Bytes bytes = Encoded(60, 60, 90);
  bytes.resize(bytes.size() / 2);
  Image image;
  ASSERT_OK(image.Open(bytes));
  std::vector<float> out(static_cast<size_t>(image.elements()));
  const std::string place =
      absl::StrCat("at byte ", bytes.size(), " of ", bytes.size());
  EXPECT_THAT(image.Write(out.data()), FailsWith(place));
  // A change that needs the pixels keeps the fault, and the size.
  image.Resize(30, 30);
  image.Resize(20, 10);
  EXPECT_EQ(image.height(), 20);
  EXPECT_EQ(image.width(), 10);
  EXPECT_THAT(image.Edit().status(), FailsWith(place));
  EXPECT_THAT(image.Write(out.data()), FailsWith(place));
}

TEST(EncodedTest, EditGivesPixelsToChange) {
  const Bytes bytes = Encoded(20, 30, 0);
  Image image;
  ASSERT_OK(image.Open(bytes));
  image.Crop(2, 3, 10, 12);
  image.Flip();
  const auto before = Levels(image);
  auto pixels = image.Edit();
  ASSERT_OK(pixels.status());
  ASSERT_EQ(pixels->height, 10);
  EXPECT_EQ(std::vector(pixels->data, pixels->row(10)), before);
  pixels->row(9)[0] ^= 255;
  EXPECT_NE(Levels(image), before);
  image.Flip();
  ASSERT_OK(image.Normalize({0.5f}, {0.5f}));
  EXPECT_THAT(image.Edit().status(), FailsWith("must stand before Normalize"));
}

TEST(EncodedTest, EraseGivesAPartItsValueInEveryForm) {
  const Bytes bytes = Encoded(20, 30, 0);
  Image image;
  ASSERT_OK(image.Open(bytes));
  const auto before = Levels(image);
  ASSERT_OK(image.Normalize({0.5f}, {0.5f}));
  image.Flip();
  image.Erase({15, 25, 9, 2}, {1.0f});
  EXPECT_THAT(image.Edit().status(), FailsWith("before RandomErasing"));
  std::vector<float> out(static_cast<size_t>(image.elements()));
  ASSERT_OK(image.Write(out.data()));
  const auto levels = Levels(image);
  for (size_t y = 0; y < 20; ++y) {
    for (size_t x = 0; x < 30; ++x) {
      const bool erased = y >= 15 && (x == 25 || x == 26);
      const int level = erased ? 255 : before[(y * 30 + 29 - x) * 3];
      EXPECT_EQ(levels[(y * 30 + x) * 3], level);
      EXPECT_NEAR(out[y * 30 + x], static_cast<float>(level) / 127.5f - 1,
                  1e-5);
    }
  }
}

}  // namespace
}  // namespace toque
