// CPU time of pictures on their way into a batch, beside libjpeg-turbo alone.
//
//   images MODE RECTANGLES
//
// RECTANGLES is a text file, made by peers/images.py: a line for each picture,
// its path, a tab, then sets of "x y w h", one for each round. Prints
// {"ready":1}; then for every line read, the number of a round, it takes all
// pictures once and prints {"n":pictures,"cpu":seconds,"wall":seconds}. Modes:
//
//   train_f32  crop, antialiased resize to 224, flip, normalise: floats [C,H,W]
//   train_u8   the same without normalising: bytes [H,W,C]
//   eval_f32   short side 256, centre 224, normalise
//   floor_train, floor_eval
//              decodes the rectangles that these need, widened by a block, by
//              libjpeg-turbo, and does nothing else
//   cached_...  one of the first three with a ScanCache that has seen all
//   rounds
//              before, as from the second epoch on
//   dump       writes the bytes of train_u8 of round 0, without flips, to
//   stdout

#include <sys/resource.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "framework/image/image.h"
#include "framework/image/scan_cache.h"
#include "framework/image/taps.h"
#include "glog/logging.h"
// After <cstdio>, which it needs.
#include "jpeglib.h"

namespace toque {
namespace {

constexpr int64_t kSide = 224;
constexpr int64_t kShortSide = 256;

struct Picture {
  std::vector<uint8_t> bytes;
  std::vector<Region> rectangles;
};

std::vector<Picture> ReadPictures(const char* path) {
  std::vector<Picture> pictures;
  std::ifstream list(path);
  for (std::string line; std::getline(list, line);) {
    const size_t tab = line.find('\t');
    Picture& picture = pictures.emplace_back();
    std::ifstream file(line.substr(0, tab), std::ios::binary);
    picture.bytes.assign(std::istreambuf_iterator<char>(file), {});
    std::istringstream numbers(line.substr(tab + 1));
    for (Region r; numbers >> r.left >> r.top >> r.width >> r.height;) {
      picture.rectangles.push_back(r);
    }
    CHECK(!picture.bytes.empty() && !picture.rectangles.empty()) << line;
  }
  CHECK(!pictures.empty()) << path << " names no picture";
  return pictures;
}

const Region& RectangleOf(const Picture& picture, int round) {
  const auto count = static_cast<int>(picture.rectangles.size());
  return picture.rectangles[static_cast<size_t>(round % count)];
}

// The size that a short side of kShortSide gives a picture.
int64_t Scaled(int64_t side, int64_t shorter) {
  return side * kShortSide / shorter;
}

int64_t Centre(int64_t side) {
  return std::lrint(static_cast<double>(side - kSide) / 2);
}

// What the centre of the resized picture is made of.
Region NeededForEval(int64_t height, int64_t width) {
  const int64_t shorter = std::min(height, width);
  const auto needed = [shorter](int64_t side) {
    const int64_t target = Scaled(side, shorter);
    Taps taps;
    taps.Make(
        {0, static_cast<double>(side), side, target, Centre(target), kSide},
        Filter::kBilinear, true);
    return std::pair(taps.begin(), taps.end() - taps.begin());
  };
  const auto [top, rows] = needed(height);
  const auto [left, columns] = needed(width);
  return {top, left, rows, columns};
}

// libjpeg-turbo alone: the rectangle's rows, of its columns and a block more.
void DecodeAlone(const Picture& picture, bool eval, int round) {
  static std::vector<uint8_t> rows;
  jpeg_decompress_struct info;
  jpeg_error_mgr errors;
  info.err = jpeg_std_error(&errors);
  jpeg_create_decompress(&info);
  jpeg_mem_src(&info, picture.bytes.data(), picture.bytes.size());
  jpeg_read_header(&info, TRUE);
  info.out_color_space = JCS_RGB;
  jpeg_start_decompress(&info);
  const Region wanted =
      eval ? NeededForEval(info.output_height, info.output_width)
           : RectangleOf(picture, round);
  const int64_t block = info.max_h_samp_factor * DCTSIZE;
  const int64_t begin = std::max<int64_t>(wanted.left - block, 0);
  const int64_t end =
      std::min<int64_t>(wanted.left + wanted.width + block, info.output_width);
  auto left = static_cast<JDIMENSION>(begin);
  auto width = static_cast<JDIMENSION>(end - begin);
  jpeg_crop_scanline(&info, &left, &width);
  const auto bottom = static_cast<JDIMENSION>(wanted.top + wanted.height);
  if (wanted.top > 0) {
    jpeg_skip_scanlines(&info, static_cast<JDIMENSION>(wanted.top));
  }
  const size_t stride = size_t{info.output_width} * 3;
  rows.resize(stride * static_cast<size_t>(wanted.height + 4));
  while (info.output_scanline < bottom) {
    const size_t done =
        info.output_scanline - static_cast<JDIMENSION>(wanted.top);
    JSAMPROW next[4];
    for (size_t i = 0; i < 4; ++i) next[i] = rows.data() + (done + i) * stride;
    jpeg_read_scanlines(&info, next,
                        std::min<JDIMENSION>(4, bottom - info.output_scanline));
  }
  jpeg_abort_decompress(&info);
  jpeg_destroy_decompress(&info);
}

void Take(const Picture& picture, ScanCache* cache, int64_t number, bool eval,
          bool bytes, bool flip, int round, void* out) {
  static const float kMean[] = {0.485f, 0.456f, 0.406f};
  static const float kStd[] = {0.229f, 0.224f, 0.225f};
  static Image image;
  CHECK(image.Open(picture.bytes).ok());
  image.UseCache(cache, number);
  if (eval) {
    const int64_t shorter = std::min(image.height(), image.width());
    image.Resize(Scaled(image.height(), shorter),
                 Scaled(image.width(), shorter));
    image.Crop(Centre(image.height()), Centre(image.width()), kSide, kSide);
  } else {
    const Region& r = RectangleOf(picture, round);
    image.Crop(r.top, r.left, r.height, r.width);
    image.Resize(kSide, kSide);
    if (flip) image.Flip();
  }
  if (!bytes) CHECK(image.Normalize(kMean, kStd).ok());
  const PixelForm form{bytes ? PixelForm::kUint8 : PixelForm::kFloat32, bytes};
  CHECK(image.Write(out, form).ok());
}

double CpuSeconds() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) +
           1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// A batch's worth of pictures, so that writing goes to memory as it does there.
constexpr size_t kBatch = 50;
constexpr size_t kValues = kSide * kSide * 3;

void Pass(const std::vector<Picture>& pictures, const std::string& mode,
          ScanCache* cache, int round) {
  // Aligned as LibTorch's memory is.
  static float* const batch = static_cast<float*>(
      std::aligned_alloc(64, kBatch * kValues * sizeof(float)));
  const bool eval = mode == "eval_f32" || mode == "floor_eval";
  const bool bytes = mode == "train_u8" || mode == "dump";
  for (size_t i = 0; i < pictures.size(); ++i) {
    float* out = batch + i % kBatch * kValues;
    if (mode.starts_with("floor")) {
      DecodeAlone(pictures[i], eval, round);
    } else {
      Take(pictures[i], cache, static_cast<int64_t>(i), eval, bytes,
           mode != "dump" && i % 2 == 1, round, out);
    }
    if (mode == "dump") std::fwrite(out, 1, kValues, stdout);
  }
}

int Main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "images MODE RECTANGLES: both must be given\n";
    return 1;
  }
  constexpr std::string_view kCached = "cached_";
  std::string mode = argv[1];
  const bool cached = mode.starts_with(kCached);
  if (cached) mode.erase(0, kCached.size());
  ScanCache places(int64_t{1} << 30);
  ScanCache* const cache = cached ? &places : nullptr;
  const std::vector<Picture> pictures = ReadPictures(argv[2]);
  Pass(pictures, mode, cache, 0);
  if (mode == "dump") return 0;
  const size_t rounds = cached ? pictures[0].rectangles.size() : 0;
  for (size_t i = 1; i < rounds; ++i) {
    Pass(pictures, mode, cache, static_cast<int>(i));
  }
  std::cout << "{\"ready\":1}" << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    const double cpu = CpuSeconds();
    const auto start = std::chrono::steady_clock::now();
    Pass(pictures, mode, cache, std::atoi(line.c_str()));
    const std::chrono::duration<double> wall =
        std::chrono::steady_clock::now() - start;
    std::cout << "{\"n\":" << pictures.size()
              << ",\"cpu\":" << CpuSeconds() - cpu
              << ",\"wall\":" << wall.count() << "}" << std::endl;
  }
  return 0;
}

}  // namespace
}  // namespace toque

int main(int argc, char** argv) { return toque::Main(argc, argv); }
