#include "datasets/image_folder/image_folder.pb.h"
#include "framework/shared/class_folders.h"
#include "framework/shared/file_dataset.h"
#include "framework/shared/image_options.h"

namespace toque {
namespace {

struct ImageFolder : FileDataset {
  ImageFolder(std::string folder, ClassFolders folders,
              PictureDecoding decoding)
      : folder(std::move(folder)),
        folders(std::move(folders)),
        decoding(std::move(decoding)) {}

  absl::Status Open(const Context& context) override {
    ASSIGN_OR_RETURN(classes, folders.Open(context.DataPath(folder),
                                           Files::kPictures, &files));
    return absl::OkStatus();
  }

  DatasetInfo Info() const override {
    return {.classes = static_cast<int64_t>(classes.size()),
            .class_names = classes};
  }

  absl::Status Read(int64_t index, Rng&, Example* example) const override {
    Image& image = example->SetImage();
    example->SetLabel(files.Label(index));
    ASSIGN_OR_RETURN(const auto bytes, files.Read(index, &image.bytes()));
    return decoding.Open(bytes, index, &image);
  }

  std::string folder;
  ClassFolders folders;
  PictureDecoding decoding;
  std::vector<std::string> classes;
};

Made<Dataset> MakeImageFolder(const recipe::ImageFolder& options) {
  ASSIGN_OR_RETURN(ClassFolders folders, ClassFoldersOf(options));
  ASSIGN_OR_RETURN(PictureDecoding decoding,
                   PictureDecodingOf(options.decoding()));
  return std::make_unique<ImageFolder>(options.folder(), std::move(folders),
                                       std::move(decoding));
}

TOQUE_PLUGIN(MakeImageFolder);

}  // namespace
}  // namespace toque
