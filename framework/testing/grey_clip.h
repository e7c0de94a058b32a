// Clips whose frames are told apart by their grey.

#ifndef TOQUE_FRAMEWORK_TESTING_GREY_CLIP_H_
#define TOQUE_FRAMEWORK_TESTING_GREY_CLIP_H_

#include <string>
#include <vector>

#include "framework/core/example.h"

namespace toque {

// Writes a video file, its folders too, with a frame of 32 x 24 pixels for each
// level, all of which have it. The ending of the path says the container.
void WriteGreyClip(const std::string& path, const std::vector<int>& levels);

// The levels of an example's images, to the nearest 10, as coding changes them
// a little: [view][frame].
std::vector<std::vector<int>> GreyLevels(const Example& example);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_TESTING_GREY_CLIP_H_
