#include <algorithm>
#include <array>
#include <cmath>

#include "datasets/moving_shapes/moving_shapes.pb.h"
#include "framework/core/dataset.h"
#include "framework/core/option_checks.h"
#include "framework/shared/clip_reading.h"
#include "framework/shared/figures.h"

namespace toque {
namespace {

struct Direction {
  const char* name;
  double x;  // to the right
  double y;  // down
};
constexpr double kDiagonal = 0.70710678118654752;
// Those of two classes come first, then those of four.
constexpr Direction kDirections[] = {
    {"right", 1, 0},
    {"left", -1, 0},
    {"down", 0, 1},
    {"up", 0, -1},
    {"down right", kDiagonal, kDiagonal},
    {"up left", -kDiagonal, -kDiagonal},
    {"down left", -kDiagonal, kDiagonal},
    {"up right", kDiagonal, -kDiagonal},
};

using Colour = std::array<uint8_t, 3>;

Colour RandomColour(int64_t darkest, Rng& rng) {
  Colour colour;
  for (uint8_t& channel : colour) {
    channel = static_cast<uint8_t>(darkest + rng.Below(100));
  }
  return colour;
}

// The shortest way of length `way` on a ring of length `size`.
double Wrapped(double way, double size) {
  return way - size * std::floor(way / size + 0.5);
}

// What is drawn for a clip; lengths are in pixels.
struct Scene {
  Scene(const recipe::MovingShapes& options, int64_t index)
      : height(static_cast<double>(options.height())),
        width(static_cast<double>(options.width())) {
    Rng rng(options.seed(), 0, static_cast<uint64_t>(index));
    const Direction& direction = kDirections[index % options.classes()];
    const double step =
        options.travel() * rng.Uniform(0.5, 1) /
        static_cast<double>(std::max<int64_t>(1, options.frames() - 1));
    step_x = direction.x * step * width;
    step_y = direction.y * step * height;
    kind = rng.Below(kFigures);
    radius = std::min(height, width) * rng.Uniform(0.15, 0.25);
    left = rng.Uniform(0, width);
    top = rng.Uniform(0, height);
    figure = RandomColour(156, rng);
    ground = RandomColour(0, rng);
  }

  void Draw(int64_t frame, Image* image) const {
    const double x = left + step_x * static_cast<double>(frame);
    const double y = top + step_y * static_cast<double>(frame);
    uint8_t* pixel = image
                         ->Allocate(3, static_cast<int64_t>(height),
                                    static_cast<int64_t>(width))
                         .data();
    for (double row = 0.5; row < height; ++row) {
      const auto v = static_cast<float>(Wrapped(row - y, height) / radius);
      for (double column = 0.5; column < width; ++column) {
        const auto u = static_cast<float>(Wrapped(column - x, width) / radius);
        const Colour& colour = FigureCovers(kind, u, v) ? figure : ground;
        pixel = std::ranges::copy(colour, pixel).out;
      }
    }
  }

  double height, width;
  double step_x, step_y;  // from frame to frame
  int64_t kind;
  double radius;
  double left, top;  // of the figure's middle in the first frame
  Colour figure, ground;
};

struct MovingShapes : Dataset {
  MovingShapes(const recipe::MovingShapes& options, FramePicker picker)
      : options(options), picker(std::move(picker)) {}

  absl::Status Open(const Context&) override { return absl::OkStatus(); }

  DatasetInfo Info() const override {
    DatasetInfo info = {.classes = options.classes(),
                        .shape = {3, options.height(), options.width()}};
    for (int64_t i = 0; i < info.classes; ++i) {
      info.class_names.emplace_back(kDirections[i].name);
    }
    return info;
  }

  int64_t size() const override { return options.examples(); }

  absl::StatusOr<std::vector<int64_t>> Labels() const override {
    std::vector<int64_t> labels(static_cast<size_t>(size()));
    for (size_t i = 0; i < labels.size(); ++i) {
      labels[i] = static_cast<int64_t>(i) % options.classes();
    }
    return labels;
  }

  absl::Status Read(int64_t index, Rng& rng, Example* example) const override {
    // Keeps its memory from one clip to the next.
    thread_local PickedFrames picked;
    RETURN_IF_ERROR(picker.Pick(options.frames(), rng, example, &picked));
    const Scene scene(options, index);
    for (size_t i = 0; i < picked.frames.size(); ++i) {
      scene.Draw(picked.frames[i], picked.images[i]);
    }
    example->SetLabel(index % options.classes());
    return absl::OkStatus();
  }

  recipe::MovingShapes options;
  FramePicker picker;
};

Made<Dataset> MakeMovingShapes(const recipe::MovingShapes& options,
                               const Context& context) {
  RETURN_IF_ERROR(Together({
      AtLeast("examples", options.examples(), 1),
      AtLeast("frames", options.frames(), 1),
      Between("height", options.height(), 8, 4096),
      Between("width", options.width(), 8, 4096),
      Above("travel", options.travel(), 0),
      Between("travel", options.travel(), 0, 1),
  }));
  const int classes = options.classes();
  if (classes != 2 && classes != 4 && classes != 8) {
    return Invalid("classes must be 2, 4 or 8", classes);
  }
  ASSIGN_OR_RETURN(
      FramePicker picker,
      FramePicker::Of(options.has_sampler(), options.sampler(), context));
  return std::make_unique<MovingShapes>(options, std::move(picker));
}

TOQUE_PLUGIN(MakeMovingShapes);

}  // namespace
}  // namespace toque
