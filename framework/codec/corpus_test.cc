// Pictures that others made to break decoders, and a suite of PNG's features.

#include <filesystem>
#include <fstream>
#include <map>

#include "framework/codec/codec.h"
#include "framework/testing/testing.h"
#include "zlib.h"

namespace toque {
namespace {

using Bytes = std::vector<uint8_t>;

std::vector<std::filesystem::path> FilesOf(const std::string& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

Bytes ReadBytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Picture {
  ImageHeader header;
  std::string pixels;  // R, G and B
};

constexpr int64_t kMaxPixels = int64_t{1} << 26;

absl::StatusOr<Picture> DecodeAll(const Bytes& bytes) {
  Picture picture;
  ASSIGN_OR_RETURN(picture.header, ReadHeader(bytes));
  const ImageHeader& header = picture.header;
  if (header.height > kMaxPixels / header.width) {
    return absl::DataLossError("too many pixels");
  }
  const Region whole{0, 0, header.height, header.width};
  RETURN_IF_ERROR(
      Decode(bytes, header, whole, {}, [&](int64_t, const uint8_t* row) {
        for (int64_t x = 0; x < header.width; ++x) {
          picture.pixels.append(reinterpret_cast<const char*>(row + 4 * x), 3);
        }
      }));
  return picture;
}

// libjpeg-turbo and Pillow open 362 of these files.
TEST(CorpusTest, AMalformedFileIsAnErrorWithItsReasonOrAPicture) {
  SKIP_WITHOUT_DATA();
  const auto files = FilesOf(DataFolder() + "/malformed-images");
  EXPECT_EQ(files.size(), 586u);
  int pictures = 0;
  for (const auto& file : files) {
    SCOPED_TRACE(file.string());
    const auto picture = DecodeAll(ReadBytes(file));
    if (picture.ok()) {
      ++pictures;
      EXPECT_EQ(picture->pixels.size(),
                3 * picture->header.height * picture->header.width);
    } else {
      EXPECT_EQ(picture.status().code(), absl::StatusCode::kDataLoss);
      EXPECT_FALSE(picture.status().message().empty());
    }
  }
  EXPECT_GE(pictures, 362);
  RecordProperty("pictures", pictures);
}

// Pillow 13, tests/goldens/png_suite.py: checksums of R, G and B.
TEST(CorpusTest, PixelsOfPngsArePillows) {
  SKIP_WITHOUT_DATA();
  std::ifstream golden("framework/codec/png_suite_golden.txt");
  const std::string folder = DataFolder() + "/malformed-images/rs-png/";
  int files = 0;
  uint64_t checksum = 0;
  for (std::string name; golden >> name >> checksum; ++files) {
    SCOPED_TRACE(name);
    const auto picture = DecodeAll(ReadBytes(folder + name));
    ASSERT_OK(picture);
    EXPECT_EQ(crc32(0, reinterpret_cast<const Bytef*>(picture->pixels.data()),
                    static_cast<uInt>(picture->pixels.size())),
              checksum);
  }
  EXPECT_EQ(files, 138);
}

// basi* of PngSuite are basn* with interlacing.
TEST(CorpusTest, InterlacedPngsHaveThePixelsOfTheOthers) {
  SKIP_WITHOUT_DATA();
  int pairs = 0;
  for (const auto& file :
       FilesOf(DataFolder() + "/malformed-images/rs-png/pngsuite")) {
    std::string name = file.filename();
    if (!name.starts_with("basi")) continue;
    SCOPED_TRACE(name);
    name[3] = 'n';
    const auto interlaced = DecodeAll(ReadBytes(file));
    const auto plain = DecodeAll(ReadBytes(file.parent_path() / name));
    ASSERT_OK(interlaced);
    ASSERT_OK(plain);
    EXPECT_TRUE(interlaced->pixels == plain->pixels);
    ++pairs;
  }
  EXPECT_EQ(pairs, 15);
}

// The names say what each picture's orientation is.
TEST(CorpusTest, OrientationIsThatOfTheExifBlock) {
  SKIP_WITHOUT_DATA();
  const std::map<std::string, int> orientations = {
      {"no_exif", 1},
      {"no_orientation", 1},
      {"horizontal", 1},
      {"mirror_horizontal", 2},
      {"rotate_180", 3},
      {"mirror_vertical", 4},
      {"mirror_horizontal_rotate_270", 5},
      {"rotate_90", 6},
      {"mirror_horizontal_rotate_90", 7},
      {"rotate_270", 8}};
  const std::string start =
      DataFolder() + "/exif-orientation/dali/padlock-406986_640_";
  for (const auto& [name, orientation] : orientations) {
    SCOPED_TRACE(name);
    const auto header = ReadHeader(ReadBytes(start + name + ".jpg"));
    ASSERT_OK(header);
    EXPECT_EQ(header->orientation, orientation);
  }
}

TEST(CorpusTest, APictureWithAnInvalidExifBlockIsRead) {
  SKIP_WITHOUT_DATA();
  for (const auto& file :
       FilesOf(DataFolder() + "/malformed-images/exif-invalid")) {
    SCOPED_TRACE(file.string());
    EXPECT_OK(DecodeAll(ReadBytes(file)));
  }
}

}  // namespace
}  // namespace toque
