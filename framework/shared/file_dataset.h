// What data sets of files have in common.

#ifndef TOQUE_FRAMEWORK_SHARED_FILE_DATASET_H_
#define TOQUE_FRAMEWORK_SHARED_FILE_DATASET_H_

#include <string>
#include <vector>

#include "framework/core/dataset.h"
#include "framework/shared/file_table.h"

namespace toque {

// An example is a file of `files`, which Open fills.
struct FileDataset : Dataset {
  int64_t size() const override { return files.size(); }
  std::string Name(int64_t index) const override {
    return absl::StrCat(Dataset::Name(index), " (", files.Name(index), ")");
  }
  std::string File(int64_t index) const override { return files.Path(index); }
  absl::StatusOr<std::vector<int64_t>> Labels() const override {
    return files.Labels();
  }

  FileTable files;
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_SHARED_FILE_DATASET_H_
