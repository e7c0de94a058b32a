// Folders of pictures and videos.

#ifndef TOQUE_FRAMEWORK_SHARED_FOLDER_WALK_H_
#define TOQUE_FRAMEWORK_SHARED_FOLDER_WALK_H_

#include <string>
#include <vector>

#include "framework/status.h"

namespace toque {

// Names that begin with a dot are passed over everywhere, links are followed,
// and names are sorted by their bytes. Errors begin with the path.

// The names of the folders in `folder`.
absl::StatusOr<std::vector<std::string>> Subfolders(const std::string& folder);

// What files are looked for, by the endings of their names in any case:
enum class Files {
  // .jpg, .jpeg, .jpe, .jfif, .jfi, .png, .webp, .bmp, .dib, .ppm, .pgm, .pbm,
  // .pnm and .gif;
  kPictures,
  // .mp4, .avi, .mkv, .mov, .webm, .mpg, .mpeg, .m4v, .wmv, .flv, .ts, .3gp and
  // .ogv.
  kVideos,
};

// Whether a file of that name, or path, is one of those.
bool HasEnding(Files files, const std::string& name);

// The files in `folder` and all folders below it, as paths from there: folder
// by folder, as torchvision orders them. An error where a link leads back to a
// folder that it lies in.
absl::StatusOr<std::vector<std::string>> FilesIn(const std::string& folder,
                                                 Files files);

// FilesIn each folder `classes` of `folder`. An error for each that holds none,
// all together. A warning where files of other endings lie there.
absl::StatusOr<std::vector<std::vector<std::string>>> ClassFiles(
    const std::string& folder, const std::vector<std::string>& classes,
    Files files);

// Whether a person would put `one` before `other`: runs of digits are compared
// as numbers, "file9" before "file10", and all else by its bytes.
bool NaturalLess(const std::string& one, const std::string& other);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_SHARED_FOLDER_WALK_H_
