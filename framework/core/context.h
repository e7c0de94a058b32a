// What a plugin's factory may know of its surroundings.

#ifndef TOQUE_FRAMEWORK_CORE_CONTEXT_H_
#define TOQUE_FRAMEWORK_CORE_CONTEXT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace toque {

enum class TargetKind {
  kLabel,   // one int64 class index an example
  kValues,  // floats an example
};

// What a data set tells of itself once it is open.
struct DatasetInfo {
  int64_t classes = 0;              // 0 where there are none
  std::vector<int64_t> shape = {};  // of one example: {channels, h, w}
  std::vector<std::string> class_names = {};  // empty, or `classes` of them
  TargetKind target = TargetKind::kLabel;

  // The name of class `index`, or its number where it has none.
  std::string ClassName(int64_t index) const;
};

// The place of a plugin in its experiment (for errors) and what stands around
// it. A value, cheap enough to copy at set-up.
class Context {
 public:
  Context() = default;

  // The same surroundings one step deeper: Context("train").At("transform[1]")
  // is the place "train.transform[1]".
  Context At(std::string_view part) const;
  Context WithDataset(DatasetInfo info) const;
  Context WithDataFolder(std::string folder) const;
  Context WithDevice(std::string device) const;

  const std::string& place() const { return place_; }
  // The training set's, once it is open; nothing known before.
  const DatasetInfo& dataset() const { return dataset_; }
  // "cpu" or "cuda:N".
  const std::string& device() const { return device_; }
  // A path as the experiment gives it: absolute, or in the data folder.
  std::string DataPath(std::string_view path) const;

 private:
  std::string place_;
  std::string data_folder_;
  std::string device_ = "cpu";
  DatasetInfo dataset_;
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_CORE_CONTEXT_H_
