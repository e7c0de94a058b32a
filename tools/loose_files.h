// Files that a command line names.

#ifndef TOQUE_TOOLS_LOOSE_FILES_H_
#define TOQUE_TOOLS_LOOSE_FILES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "framework/core/dataset.h"
#include "framework/shared/file_table.h"
#include "framework/shared/folder_walk.h"

namespace toque {

// The words that are files, whatever their endings, and of folders all files of
// the kind at any depth in them, in this order; each as the user wrote it, or
// below the folder that was. An error for what isn't there, for a folder
// without such files, all together, and where nothing is named.
absl::StatusOr<std::vector<std::string>> FilesAt(
    const std::vector<std::string>& words, Files files);

// A data set of such files: they have no classes, and Name is what FilesAt
// gives.
class LooseFiles : public Dataset {
 public:
  // FilesAt; an error, too, for files whose endings are of the other kind.
  absl::Status Find(const std::vector<std::string>& words, Files kind);

  absl::Status Open(const Context&) override { return absl::OkStatus(); }
  DatasetInfo Info() const override { return {}; }
  int64_t size() const override { return files_.size(); }
  std::string Name(int64_t index) const override { return files_.Name(index); }

 protected:
  const FileTable& files() const { return files_; }

 private:
  FileTable files_;
};

}  // namespace toque

#endif  // TOQUE_TOOLS_LOOSE_FILES_H_
