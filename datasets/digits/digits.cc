#include <charconv>

#include "datasets/digits/digits.pb.h"
#include "framework/core/dataset.h"
#include "framework/core/embedded.h"
#include "glog/logging.h"

namespace toque {

// A line of 64 pixels in 0..16 and a label for each digit, comma separated.
EmbeddedFile EmbeddedDigits();

namespace {

constexpr int64_t kSide = 8;
constexpr size_t kPixels = kSide * kSide;
constexpr int64_t kClasses = 10;
constexpr float kGreatest = 16;

bool Belongs(size_t place, recipe::Digits::Split split) {
  if (split == recipe::Digits::ALL) return true;
  return (place % 5 == 4) == (split == recipe::Digits::TEST);
}

struct Digits : Dataset {
  explicit Digits(recipe::Digits::Split split) : split(split) {}

  absl::Status Open(const Context&) override {
    std::string_view text = EmbeddedDigits().text;
    for (size_t place = 0; !text.empty(); ++place) {
      std::array<uint8_t, kPixels + 1> row;
      for (uint8_t& number : row) number = TakeNumber(text);
      if (!Belongs(place, split)) continue;
      pixels.insert(pixels.end(), row.begin(), row.end() - 1);
      labels.push_back(row.back());
    }
    return absl::OkStatus();
  }

  // The number at the beginning of `text`, which loses it and what ends it.
  static uint8_t TakeNumber(std::string_view& text) {
    uint8_t number = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), number);
    CHECK(error == std::errc()) << text.substr(0, 20);
    text.remove_prefix(static_cast<size_t>(end - text.data()) + 1);
    return number;
  }

  DatasetInfo Info() const override {
    DatasetInfo info = {.classes = kClasses, .shape = {1, kSide, kSide}};
    for (int64_t c = 0; c < kClasses; ++c) {
      info.class_names.push_back(std::to_string(c));
    }
    return info;
  }

  int64_t size() const override { return static_cast<int64_t>(labels.size()); }

  absl::StatusOr<std::vector<int64_t>> Labels() const override {
    return labels;
  }

  absl::Status Read(int64_t index, Rng&, Example* example) const override {
    const auto i = static_cast<size_t>(index);
    example->SetImage().View(&pixels[i * kPixels],
                             PixelLayout::Planar(1, kSide, kSide), kGreatest);
    example->SetLabel(labels[i]);
    return absl::OkStatus();
  }

  recipe::Digits::Split split;
  std::vector<uint8_t> pixels;
  std::vector<int64_t> labels;
};

Made<Dataset> MakeDigits(const recipe::Digits& options) {
  return std::make_unique<Digits>(options.split());
}

TOQUE_PLUGIN(MakeDigits);

}  // namespace
}  // namespace toque
