#include "framework/shared/class_folders.h"

#include <algorithm>
#include <utility>

namespace toque {
namespace {

using Names = std::vector<std::string>;

bool Holds(const Names& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

// The listed classes must be the folders that are there.
absl::Status CheckListed(const Names& listed, const Names& folders) {
  std::vector<absl::Status> faults;
  for (const std::string& name : listed) {
    if (Holds(folders, name)) continue;
    faults.push_back(Invalid("each class must have a folder", name));
  }
  for (const std::string& name : folders) {
    if (Holds(listed, name)) continue;
    faults.push_back(Invalid("each folder must be listed as a class", name));
  }
  return Together(faults);
}

// Calls visit(class, file) for all files of all classes.
template <typename Visit>
void VisitInOrder(const std::vector<Names>& classes, bool interleaved,
                  const Visit& visit) {
  size_t most = 0;
  for (const Names& names : classes) most = std::max(most, names.size());
  const size_t step = interleaved ? 1 : most;
  for (size_t begin = 0; begin < most; begin += step) {
    for (size_t label = 0; label < classes.size(); ++label) {
      const size_t end = std::min(begin + step, classes[label].size());
      for (size_t i = begin; i < end; ++i) visit(label, i);
    }
  }
}

}  // namespace

absl::StatusOr<Names> ClassFolders::Open(const std::string& folder, Files kind,
                                         FileTable* files) const {
  ASSIGN_OR_RETURN(Names classes, Subfolders(folder));
  if (classes.empty()) {
    return AtPlace(Invalid("must hold a folder for each class"), folder);
  }
  if (!listed.empty()) {
    RETURN_IF_ERROR(AtPlace(CheckListed(listed, classes), folder));
    classes = listed;
  } else if (natural) {
    std::ranges::sort(classes, NaturalLess);
  }
  ASSIGN_OR_RETURN(const std::vector<Names> names,
                   ClassFiles(folder, classes, kind));
  files->set_folder(folder);
  VisitInOrder(names, interleaved, [&](size_t label, size_t i) {
    files->Add(absl::StrCat(classes[label], "/", names[label][i]),
               static_cast<int32_t>(label));
  });
  files->Finish();
  return classes;
}

absl::Status CheckListedOnce(const Names& classes) {
  Names sorted = classes;
  std::ranges::sort(sorted);
  const auto twice = std::ranges::adjacent_find(sorted);
  if (twice == sorted.end()) return absl::OkStatus();
  return Invalid("a class must be listed once", *twice);
}

}  // namespace toque
