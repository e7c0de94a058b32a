#include "absl/strings/numbers.h"
#include "datasets/video_list/video_list.pb.h"
#include "framework/core/option_checks.h"
#include "framework/shared/class_labels.h"
#include "framework/shared/clip_reading.h"
#include "framework/shared/file_dataset.h"
#include "framework/shared/input_file.h"

namespace toque {
namespace {

// The name of the folder that the file at `path` lies in; empty where the path
// has none.
std::string_view FolderName(std::string_view path) {
  path = path.substr(0, path.rfind('/') == path.npos ? 0 : path.rfind('/'));
  return path.substr(path.rfind('/') + 1);
}

struct VideoList : FileDataset {
  VideoList(const recipe::VideoList& options, ClassLabels labels,
            ClipReading clips)
      : options(options), labels(std::move(labels)), clips(std::move(clips)) {}

  absl::Status Open(const Context& context) override {
    if (options.has_class_index()) {
      RETURN_IF_ERROR(
          labels.ReadIndex(context.DataPath(options.class_index())));
    }
    const std::string path = context.DataPath(options.list());
    files.set_folder(options.has_folder()
                         ? context.DataPath(options.folder())
                         : path.substr(0, path.rfind('/') + 1));
    RETURN_IF_ERROR(ForEachLine(
        path, [this](std::string_view line) { return AddLine(line); }));
    files.Finish();
    clips.Open(context);
    if (files.size() > 0) return absl::OkStatus();
    return AtPlace(Invalid("must name a video"), path);
  }

  absl::Status AddLine(std::string_view line) {
    line = Trimmed(line);
    if (line.empty()) return absl::OkStatus();
    std::string_view path = line;
    std::string_view label = TakeLastWord(&path);
    if (options.has_class_index() && !labels.Knows(label)) {
      path = line;
      // A number is a label, be it a wrong one.
      int64_t number = 0;
      const bool numbered = absl::SimpleAtoi(View(label), &number);
      label = FolderName(path);
      if (numbered || !labels.Knows(label)) {
        return Invalid(
            "a path must have a label of class_index after it, or lie in a "
            "folder that is named after a class",
            View(line));
      }
    }
    if (label.empty()) return Invalid("a path must have a label after it");
    ASSIGN_OR_RETURN(const int32_t number, labels.Parse(label));
    files.Add(path, number);
    return absl::OkStatus();
  }

  DatasetInfo Info() const override {
    return {.classes = labels.classes(), .class_names = labels.names()};
  }

  absl::Status Read(int64_t index, Rng& rng, Example* example) const override {
    example->SetLabel(files.Label(index));
    return clips.Read(files.Path(index), rng, example);
  }

  recipe::VideoList options;
  ClassLabels labels;
  ClipReading clips;
};

Made<Dataset> MakeVideoList(const recipe::VideoList& options,
                            const Context& context) {
  RETURN_IF_ERROR(Given("list", options.has_list()));
  if (options.has_class_index() &&
      (options.class__size() > 0 || options.has_classes())) {
    return Invalid("class_index must not be given beside class or classes");
  }
  ASSIGN_OR_RETURN(ClassLabels labels, ClassLabelsOf(options));
  ASSIGN_OR_RETURN(ClipReading clips, ClipReadingOf(options, context));
  return std::make_unique<VideoList>(options, std::move(labels),
                                     std::move(clips));
}

TOQUE_PLUGIN(MakeVideoList);

}  // namespace
}  // namespace toque
