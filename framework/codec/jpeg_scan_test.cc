// The own decoder of JPEG's entropy-coded data beside libjpeg's: every picture
// must have the same pixels, from wherever it is decoded.

#include <algorithm>
#include <csetjmp>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>
#include <vector>

#include "framework/codec/codec.h"
#include "framework/testing/testing.h"
// After <cstdio>, which it needs.
#include "jpeglib.h"

namespace toque {
namespace {

using Bytes = std::vector<uint8_t>;

struct Form {
  int quality = 90;
  int across = 2;  // samples of luma for one of chroma, along a row
  int down = 2;
  unsigned restart_units = 0;
  bool optimized = false;
  int channels = 3;
};

// Noise on a slope: all lengths of codes, and no two units alike.
Bytes Encoded(JDIMENSION height, JDIMENSION width, const Form& form) {
  jpeg_compress_struct info;
  jpeg_error_mgr errors;
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  unsigned char* data = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&info, &data, &size);
  info.image_width = width;
  info.image_height = height;
  info.input_components = form.channels;
  info.in_color_space = form.channels == 3 ? JCS_RGB : JCS_GRAYSCALE;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, form.quality, TRUE);
  info.optimize_coding = form.optimized ? TRUE : FALSE;
  info.restart_interval = form.restart_units;
  if (form.channels == 3) {
    info.comp_info[0].h_samp_factor = form.across;
    info.comp_info[0].v_samp_factor = form.down;
  }
  jpeg_start_compress(&info, TRUE);
  std::mt19937 random(7);
  Bytes row(size_t{width} * static_cast<size_t>(form.channels));
  for (JDIMENSION y = 0; y < height; ++y) {
    for (size_t i = 0; i < row.size(); ++i) {
      row[i] = static_cast<uint8_t>((i / 3 + 2 * y) % 200 + random() % 56);
    }
    JSAMPROW rows[] = {row.data()};
    jpeg_write_scanlines(&info, rows, 1);
  }
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  Bytes bytes(data, data + size);
  std::free(data);
  return bytes;
}

void Jump(j_common_ptr info) {
  std::longjmp(*static_cast<jmp_buf*>(info->client_data), 1);
}

// RGBX of the whole picture by libjpeg alone; empty where it gives an error.
Bytes ByLibjpeg(const Bytes& file) {
  jpeg_decompress_struct info;
  jpeg_error_mgr errors;
  info.err = jpeg_std_error(&errors);
  errors.error_exit = Jump;
  errors.output_message = [](j_common_ptr) {};
  jpeg_create_decompress(&info);
  jmp_buf failed;
  info.client_data = &failed;
  Bytes pixels;
  if (setjmp(failed) == 0) {
    jpeg_mem_src(&info, file.data(), file.size());
    jpeg_read_header(&info, TRUE);
    info.out_color_space = JCS_EXT_RGBX;
    jpeg_start_decompress(&info);
    const size_t stride = size_t{info.output_width} * 4;
    pixels.resize(stride * info.output_height);
    while (info.output_scanline < info.output_height) {
      JSAMPROW rows[] = {pixels.data() + info.output_scanline * stride};
      jpeg_read_scanlines(&info, rows, 1);
    }
  } else {
    pixels.clear();
  }
  jpeg_destroy_decompress(&info);
  return pixels;
}

Region RandomRegion(const ImageHeader& header, std::mt19937& random) {
  const auto below = [&random](int64_t size) {
    return static_cast<int64_t>(random() % static_cast<uint64_t>(size));
  };
  Region region;
  region.top = below(header.height);
  region.left = below(header.width);
  region.height = 1 + below(header.height - region.top);
  region.width = 1 + below(header.width - region.left);
  return region;
}

// Rows that differ from those of `whole`, or -1 for an error.
int64_t Differences(const Bytes& file, const Region& region, const Bytes& whole,
                    std::vector<ScanPlace>* places) {
  const auto header = ReadHeader(file);
  if (!header.ok()) return -1;
  int64_t different = 0;
  const absl::Status status = Decode(
      file, *header, region, {.places = places},
      [&](int64_t y, const uint8_t* row) {
        const uint8_t* golden = &whole[static_cast<size_t>(
            ((region.top + y) * header->width + region.left) * 4)];
        bool same = true;
        for (int64_t x = 0; x < region.width; ++x) {
          same = same && std::memcmp(row + 4 * x, golden + 4 * x, 3) == 0;
        }
        if (!same) ++different;
      });
  return status.ok() ? different : -1;
}

// The whole, then parts in any order: without places, and with those that grow.
void ExpectLibjpegsPixels(const Bytes& file, int parts) {
  const Bytes whole = ByLibjpeg(file);
  ASSERT_FALSE(whole.empty());
  const auto header = ReadHeader(file);
  ASSERT_OK(header);
  EXPECT_EQ(
      Differences(file, {0, 0, header->height, header->width}, whole, nullptr),
      0);
  std::mt19937 random(11);
  std::vector<ScanPlace> places;
  for (int i = 0; i < parts; ++i) {
    const Region region = RandomRegion(*header, random);
    SCOPED_TRACE(absl::StrCat(region.height, " x ", region.width, " at ",
                              region.top, ", ", region.left));
    EXPECT_EQ(Differences(file, region, whole, nullptr), 0);
    EXPECT_EQ(Differences(file, region, whole, &places), 0);
  }
}

TEST(JpegScanTest, EveryKindOfFileHasLibjpegsPixels) {
  for (const int quality : {1, 50, 90, 100}) {
    for (const auto& [across, down] :
         {std::pair(1, 1), {2, 1}, {1, 2}, {2, 2}, {4, 1}}) {
      for (const unsigned restart_units : {0u, 1u, 7u}) {
        const Form form = {quality, across, down, restart_units, quality == 50};
        SCOPED_TRACE(
            absl::StrCat(quality, " ", across, "x", down, " ", restart_units));
        ExpectLibjpegsPixels(Encoded(150, 603, form), 10);
      }
    }
  }
  ExpectLibjpegsPixels(Encoded(97, 1201, {.quality = 95, .channels = 1}), 20);
  ExpectLibjpegsPixels(Encoded(1, 1, {}), 1);
}

TEST(JpegScanTest, PlacesAreFoundOnce) {
  const Bytes file = Encoded(160, 1100, {});
  const auto header = ReadHeader(file);
  ASSERT_OK(header);
  std::vector<ScanPlace> places;
  const auto decode = [&](const Region& region) {
    ASSERT_OK(Decode(file, *header, region, {.places = &places},
                     [](int64_t, const uint8_t*) {}));
  };
  // Ten rows of 69 units, a place at each 16th.
  decode({0, 0, 160, 1100});
  EXPECT_EQ(places.size(), 50u);
  decode({100, 500, 60, 600});
  EXPECT_EQ(places.size(), 50u);
  EXPECT_EQ(places[0].bit, 0u);
  EXPECT_TRUE(std::ranges::is_sorted(places, {}, &ScanPlace::bit));
}

TEST(JpegScanTest, RowsBeforeACropAreNotDecodedWherePlacesAreKnown) {
  Bytes file = Encoded(160, 1100, {});
  const Bytes whole = ByLibjpeg(file);
  const Region below{128, 0, 32, 1100};
  std::vector<ScanPlace> places;
  EXPECT_EQ(Differences(file, below, whole, &places), 0);
  // What is broken in the first rows is no longer looked at.
  const size_t data = file.size() / 10;
  std::fill_n(file.begin() + static_cast<int64_t>(data), 64, uint8_t{0x55});
  EXPECT_EQ(Differences(file, below, whole, &places), 0);
  EXPECT_NE(Differences(file, below, whole, nullptr), 0);
}

TEST(JpegScanTest, ABrokenFileHasLibjpegsPixels) {
  std::mt19937 random(3);
  int pictures = 0;
  for (const Form& form : {Form{.quality = 90}, Form{.restart_units = 5},
                           Form{.quality = 30, .across = 1, .down = 1}}) {
    const Bytes whole = Encoded(64, 80, form);
    for (int i = 0; i < 500; ++i) {
      Bytes file = whole;
      for (size_t count = 1 + random() % 3; count > 0; --count) {
        file[file.size() / 3 + random() % (file.size() * 2 / 3)] =
            static_cast<uint8_t>(random());
      }
      const Bytes golden = ByLibjpeg(file);
      if (golden.size() != 64 * 80 * 4) continue;
      const int64_t different =
          Differences(file, {0, 0, 64, 80}, golden, nullptr);
      // -1: the file ends too early, which is an error here.
      EXPECT_LE(different, 0) << "file " << i;
      if (different == 0) ++pictures;
    }
  }
  EXPECT_GT(pictures, 1000);
}

TEST(JpegScanTest, PhotographsAndOddFilesHaveLibjpegsPixels) {
  SKIP_WITHOUT_DATA();
  int files = 0;
  for (const char* folder : {"/imagenet-sample", "/malformed-images"}) {
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(DataFolder() + folder)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream stream(entry.path(), std::ios::binary);
      const Bytes file{std::istreambuf_iterator<char>(stream), {}};
      const auto header = ReadHeader(file);
      if (!header.ok() || header->format != ImageFormat::kJpeg ||
          header->height > (1 << 20) / header->width) {
        continue;
      }
      const Bytes golden = ByLibjpeg(file);
      const auto area = static_cast<size_t>(header->height * header->width);
      if (golden.size() != area * 4) continue;
      std::mt19937 random(5);
      std::vector<ScanPlace> places;
      for (int i = 0; i < 2; ++i) {
        EXPECT_LE(
            Differences(file, RandomRegion(*header, random), golden, &places),
            0)
            << entry.path();
      }
      ++files;
    }
  }
  EXPECT_GT(files, 400);
}

}  // namespace
}  // namespace toque
