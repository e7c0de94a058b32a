// Data sets of files that lie in a folder for each class.

#ifndef TOQUE_FRAMEWORK_SHARED_CLASS_FOLDERS_H_
#define TOQUE_FRAMEWORK_SHARED_CLASS_FOLDERS_H_

#include <string>
#include <vector>

#include "framework/core/option_checks.h"
#include "framework/shared/file_table.h"
#include "framework/shared/folder_walk.h"
#include "framework/status.h"

namespace toque {

struct ClassFolders {
  // The classes in their order; where empty, they are all folders, sorted.
  std::vector<std::string> listed;
  bool natural = false;      // sorted as NaturalLess says
  bool interleaved = false;  // the first file of each class comes first

  // Fills `files` with those of all classes below `folder`, as paths from
  // there, and gives the names of the classes. Errors begin with the path.
  absl::StatusOr<std::vector<std::string>> Open(const std::string& folder,
                                                Files kind,
                                                FileTable* files) const;
};

// OK where no class is listed twice.
absl::Status CheckListedOnce(const std::vector<std::string>& classes);

// From options as those of recipe.ImageFolder: folder, class_order, class,
// order.
template <typename Options>
absl::StatusOr<ClassFolders> ClassFoldersOf(const Options& options) {
  RETURN_IF_ERROR(Given("folder", options.has_folder()));
  if (options.class__size() > 0 && options.has_class_order()) {
    return Invalid("class_order must not be given beside class");
  }
  ClassFolders folders;
  folders.listed.assign(options.class_().begin(), options.class_().end());
  RETURN_IF_ERROR(CheckListedOnce(folders.listed));
  folders.natural = options.class_order() == Options::NATURAL;
  folders.interleaved = options.order() == Options::INTERLEAVED;
  return folders;
}

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_SHARED_CLASS_FOLDERS_H_
