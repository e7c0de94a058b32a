#include "framework/core/context.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "framework/status.h"

namespace toque {

std::string DatasetInfo::ClassName(int64_t index) const {
  const auto place = static_cast<size_t>(index);
  return place < class_names.size() ? class_names[place] : absl::StrCat(index);
}

Context Context::At(std::string_view part) const {
  Context deeper = *this;
  deeper.place_ = place_.empty() ? std::string(part)
                                 : absl::StrCat(place_, ".", View(part));
  return deeper;
}

Context Context::WithDataset(DatasetInfo info) const {
  Context other = *this;
  other.dataset_ = std::move(info);
  return other;
}

Context Context::WithDataFolder(std::string folder) const {
  Context other = *this;
  other.data_folder_ = std::move(folder);
  return other;
}

Context Context::WithDevice(std::string device) const {
  Context other = *this;
  other.device_ = std::move(device);
  return other;
}

std::string Context::DataPath(std::string_view path) const {
  if (data_folder_.empty() || path.starts_with('/')) return std::string(path);
  return absl::StrCat(data_folder_, "/", View(path));
}

}  // namespace toque
