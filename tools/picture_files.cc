#include "tools/picture_files.h"

#include <filesystem>

#include "framework/command/flags.h"
#include "framework/shared/file_table.h"
#include "framework/shared/folder_walk.h"

namespace toque {
namespace {

namespace fs = std::filesystem;

struct LooseFiles : Dataset {
  absl::Status Open(const Context&) override { return absl::OkStatus(); }
  DatasetInfo Info() const override { return {}; }
  int64_t size() const override { return files.size(); }
  std::string Name(int64_t index) const override { return files.Name(index); }

  absl::Status Read(int64_t index, Rng&, Example* example) const override {
    Image& image = example->SetImage();
    example->SetLabel(0);
    ASSIGN_OR_RETURN(const auto bytes, files.Read(index, &image.bytes()));
    return image.Open(bytes);
  }

  absl::Status Add(const std::string& path) {
    const std::string full = UserPath(path);
    if (!fs::exists(full)) {
      return absl::NotFoundError(absl::StrCat(path, ": isn't there"));
    }
    if (!fs::is_directory(full)) {
      files.Add(path, 0);
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(const std::vector<std::string> pictures,
                     FilesIn(full, Files::kPictures));
    for (const std::string& picture : pictures) {
      files.Add((fs::path(path) / picture).string(), 0);
    }
    if (!pictures.empty()) return absl::OkStatus();
    return AtPlace(Invalid("must hold a picture"), path);
  }

  FileTable files;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Dataset>> PictureFilesAt(
    const std::vector<std::string>& paths) {
  auto dataset = std::make_unique<LooseFiles>();
  dataset->files.set_folder(UserFolder());
  std::vector<absl::Status> faults;
  for (const std::string& path : paths) faults.push_back(dataset->Add(path));
  RETURN_IF_ERROR(Together(faults));
  if (dataset->size() == 0) return Invalid("a picture must be named");
  dataset->files.Finish();
  return dataset;
}

std::string ShortName(const Dataset& dataset, int64_t index) {
  const std::string name = dataset.Name(index);
  const std::string start = absl::StrCat("example ", index, " (");
  if (!name.starts_with(start) || !name.ends_with(')')) return name;
  return name.substr(start.size(), name.size() - start.size() - 1);
}

}  // namespace toque
