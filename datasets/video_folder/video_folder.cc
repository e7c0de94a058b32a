#include "datasets/video_folder/video_folder.pb.h"
#include "framework/core/dataset.h"
#include "framework/shared/class_folders.h"
#include "framework/shared/clip_reading.h"

namespace toque {
namespace {

struct VideoFolder : Dataset {
  VideoFolder(std::string folder, ClassFolders folders, ClipReading clips)
      : folder(std::move(folder)),
        folders(std::move(folders)),
        clips(std::move(clips)) {}

  absl::Status Open(const Context& context) override {
    ASSIGN_OR_RETURN(classes, folders.Open(context.DataPath(folder),
                                           Files::kVideos, &files));
    clips.Open(context);
    return absl::OkStatus();
  }

  DatasetInfo Info() const override {
    return {.classes = static_cast<int64_t>(classes.size()),
            .class_names = classes};
  }

  int64_t size() const override { return files.size(); }

  std::string Name(int64_t index) const override {
    return absl::StrCat(Dataset::Name(index), " (", files.Name(index), ")");
  }

  std::string File(int64_t index) const override { return files.Path(index); }

  absl::StatusOr<std::vector<int64_t>> Labels() const override {
    return files.Labels();
  }

  absl::Status Read(int64_t index, Rng& rng, Example* example) const override {
    example->SetLabel(files.Label(index));
    return clips.Read(files.Path(index), rng, example);
  }

  std::string folder;
  ClassFolders folders;
  ClipReading clips;
  std::vector<std::string> classes;
  FileTable files;
};

Made<Dataset> MakeVideoFolder(const recipe::VideoFolder& options,
                              const Context& context) {
  ASSIGN_OR_RETURN(ClassFolders folders, ClassFoldersOf(options));
  ASSIGN_OR_RETURN(ClipReading clips, ClipReadingOf(options, context));
  return std::make_unique<VideoFolder>(options.folder(), std::move(folders),
                                       std::move(clips));
}

TOQUE_PLUGIN(MakeVideoFolder);

}  // namespace
}  // namespace toque
