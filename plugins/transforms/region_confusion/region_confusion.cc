#include <algorithm>
#include <array>
#include <numeric>

#include "framework/augment/edit.h"
#include "framework/core/option_checks.h"
#include "framework/core/transform.h"
#include "plugins/transforms/region_confusion/region_confusion.pb.h"

namespace toque {
namespace {

constexpr size_t kMaxGrid = 16;

// The block, counted row by row, that comes to each place.
struct Blocks {
  std::array<std::array<uint8_t, kMaxGrid>, kMaxGrid> from = {};
  bool moved = false;
};

struct RegionConfusion : ImageTransform<Blocks> {
  explicit RegionConfusion(const recipe::RegionConfusion& options)
      : grid(static_cast<size_t>(options.grid())),
        neighbour(options.neighbour()),
        probability(options.probability()) {}

  Blocks Draw(const Image&, Rng& rng) const override {
    Blocks blocks;
    if (!rng.Chance(probability)) return blocks;
    blocks.moved = true;
    std::array<std::array<uint8_t, kMaxGrid>, kMaxGrid> rows;
    for (size_t y = 0; y < grid; ++y) {
      const auto order = Order(rng);
      for (size_t x = 0; x < grid; ++x) {
        rows[y][x] = static_cast<uint8_t>(y * grid + order[x]);
      }
    }
    for (size_t x = 0; x < grid; ++x) {
      const auto order = Order(rng);
      for (size_t y = 0; y < grid; ++y) blocks.from[y][x] = rows[order[y]][x];
    }
    return blocks;
  }

  // Places 0 .. grid-1 ordered by place + noise.
  std::array<size_t, kMaxGrid> Order(Rng& rng) const {
    std::array<double, kMaxGrid> keys;
    std::array<size_t, kMaxGrid> order;
    std::iota(order.begin(), order.end(), size_t{0});
    for (size_t i = 0; i < grid; ++i) {
      keys[i] = static_cast<double>(i) + rng.Uniform(-neighbour, neighbour);
    }
    std::sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(grid),
              [&keys](size_t a, size_t b) { return keys[a] < keys[b]; });
    return order;
  }

  absl::Status Change(Image& image, Blocks blocks) const override {
    const auto side = static_cast<int64_t>(grid);
    if (std::min(image.height(), image.width()) < side) {
      return Invalid(absl::StrCat("the image must be at least ", side, " x ",
                                  side, ", a pixel for each block"),
                     absl::StrCat(image.height(), " x ", image.width()));
    }
    if (!blocks.moved) return absl::OkStatus();
    return Redraw(image,
                  [&](const EditablePixels& in, const EditablePixels& out) {
                    for (int64_t y = 0; y < out.height; ++y)
                      FillRow(blocks, in, y, out);
                  });
  }

  void FillRow(const Blocks& blocks, const EditablePixels& in, int64_t y,
               const EditablePixels& out) const {
    const auto side = static_cast<int64_t>(grid);
    const int64_t height = in.height / side;
    const int64_t bytes = in.width / side * in.channels;
    std::copy_n(in.row(y), in.width * in.channels, out.row(y));
    if (y >= height * side) return;
    for (int64_t x = 0; x < side; ++x) {
      const int64_t from =
          blocks.from[static_cast<size_t>(y / height)][static_cast<size_t>(x)];
      std::copy_n(
          in.row(from / side * height + y % height) + from % side * bytes,
          bytes, out.row(y) + x * bytes);
    }
  }

  size_t grid;
  double neighbour;
  double probability;
};

Made<Transform> MakeRegionConfusion(const recipe::RegionConfusion& options) {
  RETURN_IF_ERROR(
      Together({Between("grid", options.grid(), 1, kMaxGrid),
                Between("neighbour", options.neighbour(), 0, kMaxGrid),
                Between("probability", options.probability(), 0, 1)}));
  return std::make_unique<RegionConfusion>(options);
}

TOQUE_PLUGIN(MakeRegionConfusion);

}  // namespace
}  // namespace toque
