#include "tools/picture_files.h"

#include "tools/loose_files.h"

namespace toque {
namespace {

struct PictureFiles : LooseFiles {
  absl::Status Read(int64_t index, Rng&, Example* example) const override {
    Image& image = example->SetImage();
    example->SetLabel(0);
    ASSIGN_OR_RETURN(const auto bytes, files().Read(index, &image.bytes()));
    return image.Open(bytes);
  }
};

}  // namespace

absl::StatusOr<std::unique_ptr<Dataset>> PictureFilesAt(
    const std::vector<std::string>& words) {
  auto dataset = std::make_unique<PictureFiles>();
  RETURN_IF_ERROR(dataset->Find(words, Files::kPictures));
  return dataset;
}

std::string ShortName(const Dataset& dataset, int64_t index) {
  const std::string name = dataset.Name(index);
  const std::string start = absl::StrCat("example ", index, " (");
  if (!name.starts_with(start) || !name.ends_with(')')) return name;
  return name.substr(start.size(), name.size() - start.size() - 1);
}

}  // namespace toque
