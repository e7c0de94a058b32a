#include "datasets/video_folder/video_folder.pb.h"
#include "framework/shared/class_folders.h"
#include "framework/shared/clip_reading.h"
#include "framework/shared/file_dataset.h"

namespace toque {
namespace {

struct VideoFolder : FileDataset {
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

  absl::Status Read(int64_t index, Rng& rng, Example* example) const override {
    example->SetLabel(files.Label(index));
    return clips.Read(files.Path(index), rng, example);
  }

  std::string folder;
  ClassFolders folders;
  ClipReading clips;
  std::vector<std::string> classes;
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
