// Pictures that a command line names.

#ifndef TOQUE_TOOLS_PICTURE_FILES_H_
#define TOQUE_TOOLS_PICTURE_FILES_H_

#include <memory>
#include <string>
#include <vector>

#include "framework/core/dataset.h"

namespace toque {

// Files, and of folders all pictures at any depth in them, in this order. They
// have no classes; Name is the path as it was given, or below the folder that
// was. An error for what isn't there and for a folder without pictures, all
// together.
absl::StatusOr<std::unique_ptr<Dataset>> PictureFilesAt(
    const std::vector<std::string>& paths);

// "cats/a.jpg" where the data set calls it "example 17 (cats/a.jpg)".
std::string ShortName(const Dataset& dataset, int64_t index);

}  // namespace toque

#endif  // TOQUE_TOOLS_PICTURE_FILES_H_
