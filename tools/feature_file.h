// Features on their way into a file.

#ifndef TOQUE_TOOLS_FEATURE_FILE_H_
#define TOQUE_TOOLS_FEATURE_FILE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "framework/core/state.h"
#include "framework/status.h"

namespace toque {

// Rows of features that stand in "PATH.partial" until all are there. What was
// added stays when the program ends, however it does.
class FeatureFile {
 public:
  // The files that Finish makes of features with these names: those of the
  // features, in order, and beside .npy that of the labels and of the names.
  static std::vector<std::string> Paths(const std::string& path,
                                        const std::vector<std::string>& names);
  // An error unless `path` ends in ".safetensors" or ".npy".
  static absl::Status CheckPath(const std::string& path);

  // Begins, or goes on where one of the same source was stopped; the partial
  // features of another source are an error. None of Paths(path, names) may
  // exist.
  static absl::StatusOr<std::unique_ptr<FeatureFile>> Open(
      const std::string& path, const std::vector<std::string>& names,
      const std::string& source);
  ~FeatureFile();
  FeatureFile(const FeatureFile&) = delete;
  FeatureFile& operator=(const FeatureFile&) = delete;

  // How many examples of the source were looked at, and how many rows they
  // made: an example that is left out makes none.
  int64_t next() const { return next_; }
  int64_t rows() const { return rows_; }

  // Rows of float32 features [N, ...] under the same names and of the same
  // shapes each time, with N labels (kIgnoredLabel: none) and N names.
  // Afterwards the first `next` examples have been looked at.
  absl::Status Add(const NamedTensors& features,
                   const std::vector<int64_t>& labels,
                   const std::vector<std::string>& names, int64_t next);

  // The first `next` examples have been looked at, the last of them without a
  // row.
  void PassTo(int64_t next) { next_ = next; }

  // Makes the files of it all. PATH.safetensors holds each feature under its
  // name ("output" where that is empty), "labels" int64 [N], and "names": the
  // names as bytes, each ended by a newline. A .npy holds one feature; of
  // several each stands in "PATH.NAME.npy". Beside it are "PATH.labels.npy" and
  // "PATH.names.txt". Labels are left out where there are none; class names
  // stand in the metadata of safetensors.
  absl::Status Finish(const std::vector<std::string>& class_names);

 private:
  class Column;

  FeatureFile(std::string path, std::string source);
  absl::Status Begin(const NamedTensors& features);
  absl::Status GoOn();
  absl::Status WriteState() const;
  absl::Status WriteNpys(const State& all) const;
  std::string Folder() const { return path_ + ".partial"; }

  const std::string path_;
  const std::string source_;
  int64_t next_ = 0;
  int64_t rows_ = 0;
  bool labelled_ = false;
  std::vector<std::unique_ptr<Column>> features_;
  std::unique_ptr<Column> labels_;
  std::unique_ptr<Column> names_;
};

// A file of numpy's format, version 1.0, C order. For CPU tensors of the types
// that numpy has.
absl::Status WriteNpy(const std::string& path, const at::Tensor& tensor);

}  // namespace toque

#endif  // TOQUE_TOOLS_FEATURE_FILE_H_
