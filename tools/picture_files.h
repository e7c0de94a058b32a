// Pictures that a command line names.

#ifndef TOQUE_TOOLS_PICTURE_FILES_H_
#define TOQUE_TOOLS_PICTURE_FILES_H_

#include <memory>
#include <string>
#include <vector>

#include "framework/core/dataset.h"

namespace toque {

// The pictures that FilesAt finds, tools/loose_files.h, without classes. An
// error, too, for a word that is a video.
absl::StatusOr<std::unique_ptr<Dataset>> PictureFilesAt(
    const std::vector<std::string>& words);

// "cats/a.jpg" where the data set calls it "example 17 (cats/a.jpg)".
std::string ShortName(const Dataset& dataset, int64_t index);

}  // namespace toque

#endif  // TOQUE_TOOLS_PICTURE_FILES_H_
