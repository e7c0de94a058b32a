#include "datasets/image_list/image_list.pb.h"
#include "framework/core/option_checks.h"
#include "framework/shared/class_labels.h"
#include "framework/shared/file_dataset.h"
#include "framework/shared/image_options.h"
#include "framework/shared/input_file.h"

namespace toque {
namespace {

struct ImageList : FileDataset {
  ImageList(const recipe::ImageList& options, ClassLabels labels,
            PictureDecoding decoding)
      : options(options),
        labels(std::move(labels)),
        decoding(std::move(decoding)) {}

  absl::Status Open(const Context& context) override {
    const std::string path = context.DataPath(options.list());
    files.set_folder(options.has_folder()
                         ? context.DataPath(options.folder())
                         : path.substr(0, path.rfind('/') + 1));
    RETURN_IF_ERROR(ForEachLine(
        path, [this](std::string_view line) { return AddLine(line); }));
    files.Finish();
    if (files.size() > 0) return absl::OkStatus();
    return AtPlace(Invalid("must name a picture"), path);
  }

  absl::Status AddLine(std::string_view line) {
    line = Trimmed(line);
    if (line.empty()) return absl::OkStatus();
    const std::string_view word = TakeLastWord(&line);
    if (word.empty()) return Invalid("a path must have a label after it");
    ASSIGN_OR_RETURN(const int32_t label, labels.Parse(word));
    files.Add(line, label);
    return absl::OkStatus();
  }

  DatasetInfo Info() const override {
    return {.classes = labels.classes(), .class_names = labels.names()};
  }

  absl::Status Read(int64_t index, Rng&, Example* example) const override {
    Image& image = example->SetImage();
    example->SetLabel(files.Label(index));
    ASSIGN_OR_RETURN(const auto bytes, files.Read(index, &image.bytes()));
    return decoding.Open(bytes, index, &image);
  }

  recipe::ImageList options;
  ClassLabels labels;
  PictureDecoding decoding;
};

Made<Dataset> MakeImageList(const recipe::ImageList& options) {
  RETURN_IF_ERROR(Given("list", options.has_list()));
  ASSIGN_OR_RETURN(ClassLabels labels, ClassLabelsOf(options));
  ASSIGN_OR_RETURN(PictureDecoding decoding,
                   PictureDecodingOf(options.decoding()));
  return std::make_unique<ImageList>(options, std::move(labels),
                                     std::move(decoding));
}

TOQUE_PLUGIN(MakeImageList);

}  // namespace
}  // namespace toque
