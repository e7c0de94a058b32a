// Operations give torchvision's pixels on Pillow's pictures.

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "framework/augment/colour.h"
#include "framework/augment/neighbours.h"
#include "framework/augment/operation.h"
#include "framework/augment/warp.h"
#include "gtest/gtest.h"

namespace toque {
namespace {

// A picture with its memory.
struct Picture {
  int64_t height = 0;
  int64_t width = 0;
  int64_t channels = 0;
  std::vector<uint8_t> bytes;

  EditablePixels pixels() {
    bytes.resize(static_cast<size_t>(height * width * channels));
    return {.data = bytes.data(),
            .height = height,
            .width = width,
            .channels = channels};
  }
};

using Numbers = std::vector<double>;

// A line of the golden; numbers alone, without a picture, for magnitudes.
struct Line {
  std::string name;
  Numbers numbers;
  Picture picture;
};

Line Parsed(const std::string& text) {
  std::istringstream in(text);
  Line line;
  in >> line.name;
  std::string word;
  while (in >> word && word != "=") line.numbers.push_back(std::stod(word));
  char x = 0;
  Picture& picture = line.picture;
  in >> picture.height >> x >> picture.width >> x >> picture.channels >> word;
  for (size_t i = 0; in && i + 1 < word.size(); i += 2) {
    picture.bytes.push_back(
        static_cast<uint8_t>(std::stoi(word.substr(i, 2), nullptr, 16)));
  }
  return line;
}

// torchvision 0.26, Pillow 13.0: tests/goldens/augment.py
std::vector<Line> Golden() {
  std::ifstream file("framework/augment/augment_golden.txt");
  std::vector<Line> lines;
  for (std::string text; std::getline(file, text);) {
    lines.push_back(Parsed(text));
  }
  return lines;
}

// The script's fill.
const uint8_t* FillOf(int64_t channels) {
  static constexpr std::array<uint8_t, 4> kFills = {10, 20, 30, 77};
  return channels == 3 ? kFills.data() : &kFills[3];
}

Filter FilterOf(double bilinear) {
  return bilinear == 0 ? Filter::kNearest : Filter::kBilinear;
}

void Rotate(Picture& in, const Numbers& n, Picture& out) {
  const Rotation rotation = Rotated(in.height, in.width, n[1], n[2] != 0);
  out.height = rotation.height;
  out.width = rotation.width;
  Warp(in.pixels(), rotation.affine, FilterOf(n[0]), FillOf(in.channels),
       out.pixels());
}

void Move(Picture& in, const Numbers& n, Picture& out) {
  const Affine affine = InverseOf({.degrees = n[1],
                                   .translate = {n[2], n[3]},
                                   .scale = n[4],
                                   .shear = {n[5], n[6]}},
                                  {static_cast<double>(in.width) * 0.5,
                                   static_cast<double>(in.height) * 0.5});
  Warp(in.pixels(), affine, FilterOf(n[0]), FillOf(in.channels), out.pixels());
}

using Apply = std::function<void(Picture&, const Numbers&, Picture&)>;

// An operation in place, as one that writes a copy.
template <typename Operation>
Apply InPlace(Operation operation) {
  return [operation](Picture& in, const Numbers& numbers, Picture& out) {
    out = in;
    operation(out.pixels(), numbers);
  };
}

using N = const Numbers&;
using Pixels = const EditablePixels&;
const std::map<std::string, Apply> kOperationsByName = {
    {"brightness", InPlace([](Pixels p, N n) { AdjustBrightness(p, n[0]); })},
    {"contrast", InPlace([](Pixels p, N n) { AdjustContrast(p, n[0]); })},
    {"saturation", InPlace([](Pixels p, N n) { AdjustSaturation(p, n[0]); })},
    {"hue", InPlace([](Pixels p, N n) { AdjustHue(p, n[0]); })},
    {"posterize",
     InPlace([](Pixels p, N n) { Posterize(p, static_cast<int>(n[0])); })},
    {"solarize", InPlace([](Pixels p, N n) { Solarize(p, n[0]); })},
    {"auto_contrast", InPlace([](Pixels p, N) { AutoContrast(p); })},
    {"equalize", InPlace([](Pixels p, N) { Equalize(p); })},
    {"sharpness",
     [](Picture& in, N n, Picture& out) {
       AdjustSharpness(in.pixels(), n[0], out.pixels());
     }},
    {"blur",
     [](Picture& in, N n, Picture& out) {
       Blur(in.pixels(), static_cast<int64_t>(n[0]), n[1], out.pixels());
     }},
    {"rotate", Rotate},
    {"affine", Move},
};

int GreatestDifference(const Picture& a, const Picture& b) {
  int greatest = 0;
  for (size_t i = 0; i < a.bytes.size(); ++i) {
    greatest = std::max(greatest, std::abs(a.bytes[i] - b.bytes[i]));
  }
  return greatest;
}

TEST(AugmentGoldenTest, PixelsAreThoseOfTorchvisionAndPillow) {
  Picture source;
  std::map<std::string, int> seen;
  for (const Line& line : Golden()) {
    if (line.picture.bytes.empty()) continue;
    if (line.name == "picture") {
      source = line.picture;
      continue;
    }
    SCOPED_TRACE(testing::Message()
                 << line.name << testing::PrintToString(line.numbers) << " of "
                 << source.channels << " channels");
    const auto operation = kOperationsByName.find(line.name);
    ASSERT_NE(operation, kOperationsByName.end());
    ++seen[line.name];
    Picture actual = {source.height, source.width, source.channels, {}};
    operation->second(source, line.numbers, actual);
    EXPECT_EQ(actual.height, line.picture.height);
    EXPECT_EQ(actual.width, line.picture.width);
    ASSERT_EQ(actual.bytes.size(), line.picture.bytes.size());
    EXPECT_LE(GreatestDifference(actual, line.picture),
              line.name == "blur" ? 1 : 0);
  }
  EXPECT_EQ(seen.size(), kOperationsByName.size());
}

TEST(AugmentGoldenTest, MagnitudesAreTorchvisions) {
  const double side = 150.0 / 331.0;
  const std::map<std::string, Magnitudes> sets = {
      {"rand_augment", {0.3, side * 160, side * 224, 30, 0.9, 4}},
      {"trivial_augment", {0.99, 32, 32, 135, 0.99, 6}}};
  int lines = 0;
  for (const Line& line : Golden()) {
    const auto set = sets.find(line.name);
    if (set == sets.end()) continue;
    const auto operation = static_cast<Operation>(line.numbers[0]);
    SCOPED_TRACE(testing::Message() << line.name << line.numbers[0]);
    const auto bins = static_cast<int64_t>(line.numbers.size()) - 1;
    for (int64_t bin = 0; bin < bins; ++bin) {
      const double expected = line.numbers[static_cast<size_t>(bin) + 1];
      const double actual = MagnitudeOf(operation, set->second, bin, bins);
      EXPECT_NEAR(actual, expected, 1e-6 * (1 + expected));
    }
    ++lines;
  }
  EXPECT_EQ(lines, 33);
}

}  // namespace
}  // namespace toque
