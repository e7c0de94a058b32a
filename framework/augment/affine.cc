// Matrices, with the order of operations of torchvision and Pillow.

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "framework/augment/warp.h"

namespace toque {
namespace {

double Radians(double degrees) { return degrees * (std::numbers::pi / 180); }

// To 15 places, so that a right angle has a cosine of 0.
double Rounded(double value) {
  return static_cast<double>(std::round(value * 1e15L) / 1e15L);
}

Point Transformed(const Affine& affine, Point point) {
  return {affine.xx * point.x + affine.xy * point.y + affine.x0,
          affine.yx * point.x + affine.yy * point.y + affine.y0};
}

void SetOffset(Affine& affine, Point offset) {
  affine.x0 = offset.x;
  affine.y0 = offset.y;
}

int64_t Extent(const std::array<double, 4>& places) {
  const auto [least, greatest] =
      std::minmax_element(places.begin(), places.end());
  return static_cast<int64_t>(std::ceil(*greatest) - std::floor(*least));
}

}  // namespace

Affine InverseOf(const Motion& motion, Point center) {
  const double rotation = Radians(motion.degrees);
  const double along_x = Radians(motion.shear.x);
  const double along_y = Radians(motion.shear.y);
  const double a = std::cos(rotation - along_y) / std::cos(along_y);
  const double b =
      -std::cos(rotation - along_y) * std::tan(along_x) / std::cos(along_y) -
      std::sin(rotation);
  const double c = std::sin(rotation - along_y) / std::cos(along_y);
  const double d =
      -std::sin(rotation - along_y) * std::tan(along_x) / std::cos(along_y) +
      std::cos(rotation);

  Affine affine = {d / motion.scale,  -b / motion.scale, 0,
                   -c / motion.scale, a / motion.scale,  0};
  const Point offset = Transformed(
      affine, {-center.x - motion.translate.x, -center.y - motion.translate.y});
  SetOffset(affine, {offset.x + center.x, offset.y + center.y});
  return affine;
}

Rotation Rotated(int64_t height, int64_t width, double degrees, bool expand) {
  const double within = std::fmod(degrees, 360);
  const double angle = -Radians(within < 0 ? within + 360 : within);
  const double cosine = Rounded(std::cos(angle));
  const double sine = Rounded(std::sin(angle));
  const auto w = static_cast<double>(width);
  const auto h = static_cast<double>(height);
  Rotation rotation = {{cosine, sine, 0, -sine, cosine, 0}, height, width};
  Affine& affine = rotation.affine;
  const Point offset = Transformed(affine, {-w / 2, -h / 2});
  SetOffset(affine, {offset.x + w / 2, offset.y + h / 2});
  if (!expand) return rotation;

  std::array<double, 4> xs, ys;
  const std::array<Point, 4> corners = {{{0, 0}, {w, 0}, {w, h}, {0, h}}};
  for (size_t i = 0; i < corners.size(); ++i) {
    const Point corner = Transformed(affine, corners[i]);
    xs[i] = corner.x;
    ys[i] = corner.y;
  }
  rotation.width = Extent(xs);
  rotation.height = Extent(ys);
  SetOffset(
      affine,
      Transformed(affine, {-(static_cast<double>(rotation.width) - w) / 2,
                           -(static_cast<double>(rotation.height) - h) / 2}));
  return rotation;
}

}  // namespace toque
