// Changes of a picture's colours in place, of 1 or 3 channels: those of
// torchvision on Pillow's pictures, equal to Pillow level for level. A picture
// of one channel keeps its hue and saturation.

#ifndef TOQUE_FRAMEWORK_AUGMENT_COLOUR_H_
#define TOQUE_FRAMEWORK_AUGMENT_COLOUR_H_

#include "framework/image/pixels.h"

namespace toque {

// A factor, at least 0: 0 gives black, one grey, or no colour; 1 the picture as
// it is; above 1 more of it.
void AdjustBrightness(const EditablePixels& pixels, double factor);
void AdjustContrast(const EditablePixels& pixels, double factor);
void AdjustSaturation(const EditablePixels& pixels, double factor);

// Turns the hue by a part of the circle, -0.5 to 0.5. Goes through 8-bit hue
// and saturation as Pillow does, so that a turn by 0 is not quite nothing.
void AdjustHue(const EditablePixels& pixels, double turn);

// Keeps the upper `bits` of a level, 1 to 8.
void Posterize(const EditablePixels& pixels, int bits);
// Levels from `threshold` on become 255 - level.
void Solarize(const EditablePixels& pixels, double threshold);
// Spreads each channel's levels over 0..255: linearly, or so that each level is
// about as frequent.
void AutoContrast(const EditablePixels& pixels);
void Equalize(const EditablePixels& pixels);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_AUGMENT_COLOUR_H_
