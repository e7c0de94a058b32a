// The pictures that a network will see, as pictures to look at.

#ifndef TOQUE_TOOLS_SHOWN_PICTURES_H_
#define TOQUE_TOOLS_SHOWN_PICTURES_H_

#include <vector>

#include "framework/loader/loader.h"
#include "framework/plot/plot.h"

namespace toque {

// The first `count` examples that a loader of these options gives, after all
// transforms but without their normalisation; levels outside of 0..255 are cut.
// Of one channel a picture is grey; of two the first is shown, of more than
// three the first three. Every view is a picture, of a clip a strip: its frames
// side by side, small ones magnified. A picture's name is its class in `info`,
// or its target.
absl::StatusOr<std::vector<Sheet::Picture>> ShownPictures(
    LoaderOptions options, int64_t count, const DatasetInfo& info);

}  // namespace toque

#endif  // TOQUE_TOOLS_SHOWN_PICTURES_H_
