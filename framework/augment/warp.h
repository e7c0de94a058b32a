// Pictures turned, moved, scaled and sheared: Image.transform of Pillow, level
// for level (to within a pixel where NEAREST meets pictures of 32,768 pixels a
// side and more).

#ifndef TOQUE_FRAMEWORK_AUGMENT_WARP_H_
#define TOQUE_FRAMEWORK_AUGMENT_WARP_H_

#include "framework/image/pixels.h"

namespace toque {

// Where the place (x, y) of the result lies in the source, in pixels from the
// upper left corner of the corner pixel: (xx x + xy y + x0, yx x + yy y + y0).
struct Affine {
  double xx = 1, xy = 0, x0 = 0;
  double yx = 0, yy = 1, y0 = 0;
};

// A place, or a distance, in pixels; or two angles.
struct Point {
  double x = 0;
  double y = 0;
};

// What is done to a picture, about a center that then is moved.
struct Motion {
  double degrees = 0;  // clockwise
  Point translate = {};
  double scale = 1;  // above 0
  Point shear = {};  // in degrees, along x and along y, within -90 and 90
};
Affine InverseOf(const Motion& motion, Point center);

// A picture turned about its center, counterclockwise, and its size: the
// source's, or with `expand` one that holds all of it.
struct Rotation {
  Affine affine;
  int64_t height = 0;
  int64_t width = 0;
};
Rotation Rotated(int64_t height, int64_t width, double degrees, bool expand);

// Fills all of `out`, of in's number of channels and lying elsewhere, with what
// lies there in `in`, and with `fill`, a level of each channel, where that is
// outside. `filter` must be kNearest or kBilinear.
void Warp(const EditablePixels& in, const Affine& affine, Filter filter,
          const uint8_t* fill, const EditablePixels& out);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_AUGMENT_WARP_H_
