#include <algorithm>
#include <array>

#include "datasets/synthetic/synthetic.pb.h"
#include "framework/core/dataset.h"
#include "framework/core/option_checks.h"
#include "framework/shared/figures.h"

namespace toque {
namespace {

using Colour = std::array<uint8_t, Image::kMaxChannels>;

Colour RandomColour(int64_t darkest, Rng& rng) {
  Colour colour;
  for (uint8_t& channel : colour) {
    channel = static_cast<uint8_t>(darkest + rng.Below(100));
  }
  return colour;
}

struct Synthetic : Dataset {
  Synthetic(const recipe::Synthetic& options, std::vector<int64_t> shape)
      : options(options), shape(std::move(shape)) {}

  absl::Status Open(const Context&) override { return absl::OkStatus(); }

  DatasetInfo Info() const override {
    return {.classes = options.classes(), .shape = shape};
  }

  int64_t size() const override { return options.examples(); }

  absl::StatusOr<std::vector<int64_t>> Labels() const override {
    std::vector<int64_t> labels(static_cast<size_t>(size()));
    for (size_t i = 0; i < labels.size(); ++i) {
      labels[i] = static_cast<int64_t>(i) % options.classes();
    }
    return labels;
  }

  absl::Status Read(int64_t index, Rng&, Example* example) const override {
    Rng rng(options.seed(), 0, static_cast<uint64_t>(index));
    const int64_t label = index % options.classes();
    if (options.kind() == recipe::Synthetic::IMAGES) {
      DrawFigure(label, rng, example->SetImage());
    } else {
      FillValues(label, rng, example->Values(shape));
    }
    example->SetLabel(label);
    return absl::OkStatus();
  }

  void FillValues(int64_t label, Rng& rng, absl::Span<float> values) const {
    Rng corner(options.seed(), 1, static_cast<uint64_t>(label));
    uint64_t signs = 0;
    for (size_t i = 0; i < values.size(); ++i, signs >>= 1) {
      if (i % 64 == 0) signs = corner.Next();
      // The sum of four uniform numbers of 16 bits is nearly normal, of mean 2
      // and variance 1/3 in units of 2^16: cheaper by far than Rng::Normal.
      const uint64_t bits = rng.Next();
      const uint64_t sum = (bits & 0xffff) + (bits >> 16 & 0xffff) +
                           (bits >> 32 & 0xffff) + (bits >> 48);
      const float noise = (static_cast<float>(sum) * 0x1p-16f - 2) * 1.7320508f;
      values[i] = noise + (signs & 1 ? 1.0f : -1.0f);
    }
  }

  void DrawFigure(int64_t label, Rng& rng, Image& image) const {
    const int64_t channels = shape[0], height = shape[1], width = shape[2];
    const auto extent = static_cast<double>(std::min(height, width));
    const double radius = extent * rng.Uniform(0.25, 0.45);
    const double top = rng.Uniform(radius, height - radius);
    const double left = rng.Uniform(radius, width - radius);
    const bool light = label < kFigures;
    const Colour figure = RandomColour(light ? 156 : 0, rng);
    const Colour ground = RandomColour(light ? 0 : 156, rng);
    uint8_t* pixel = image.Allocate(channels, height, width).data();
    for (int64_t y = 0; y < height; ++y) {
      const auto v = static_cast<float>((y + 0.5 - top) / radius);
      for (int64_t x = 0; x < width; ++x) {
        const auto u = static_cast<float>((x + 0.5 - left) / radius);
        const Colour& colour =
            FigureCovers(label % kFigures, u, v) ? figure : ground;
        pixel = std::copy_n(colour.begin(), channels, pixel);
      }
    }
  }

  recipe::Synthetic options;
  std::vector<int64_t> shape;
};

absl::Status CheckShapeOf(const std::vector<int64_t>& shape, bool images) {
  constexpr int64_t kMost = int64_t{1} << 32;
  int64_t elements = 1;
  for (const int64_t size : shape) {
    RETURN_IF_ERROR(Between("shape", size, 1, kMost / elements));
    elements *= size;
  }
  if (!images) return absl::OkStatus();
  RETURN_IF_ERROR(Between("dimensions of shape", shape.size(), 3, 3));
  return Between("channels of shape", shape[0], 1, Image::kMaxChannels);
}

Made<Dataset> MakeSynthetic(const recipe::Synthetic& options) {
  const bool images = options.kind() == recipe::Synthetic::IMAGES;
  RETURN_IF_ERROR(Together({
      AtLeast("examples", options.examples(), 1),
      Between("classes", options.classes(), 1, images ? 2 * kFigures : 1 << 20),
  }));
  std::vector<int64_t> shape(options.shape().begin(), options.shape().end());
  if (shape.empty() && images) shape = {1, 32, 32};
  if (shape.empty()) shape = {32};
  RETURN_IF_ERROR(CheckShapeOf(shape, images));
  return std::make_unique<Synthetic>(options, std::move(shape));
}

TOQUE_PLUGIN(MakeSynthetic);

}  // namespace
}  // namespace toque
