#include <algorithm>

#include "datasets/image_folder/image_folder.pb.h"
#include "framework/core/dataset.h"
#include "framework/core/option_checks.h"
#include "framework/shared/file_table.h"
#include "framework/shared/folder_walk.h"
#include "framework/shared/image_options.h"

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

// Calls visit(class, picture) for all pictures of all classes.
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

struct ImageFolder : Dataset {
  ImageFolder(const recipe::ImageFolder& options, PictureDecoding decoding)
      : options(options), decoding(std::move(decoding)) {}

  absl::Status Open(const Context& context) override {
    const std::string folder = context.DataPath(options.folder());
    ASSIGN_OR_RETURN(classes, Subfolders(folder));
    if (classes.empty()) {
      return AtPlace(Invalid("must hold a folder for each class"), folder);
    }
    if (options.class__size() > 0) {
      const Names listed(options.class_().begin(), options.class_().end());
      RETURN_IF_ERROR(AtPlace(CheckListed(listed, classes), folder));
      classes = listed;
    } else if (options.class_order() == recipe::ImageFolder::NATURAL) {
      std::ranges::sort(classes, NaturalLess);
    }
    ASSIGN_OR_RETURN(const std::vector<Names> pictures,
                     ClassFiles(folder, classes));
    files.set_folder(folder);
    const bool interleaved =
        options.order() == recipe::ImageFolder::INTERLEAVED;
    VisitInOrder(pictures, interleaved, [&](size_t label, size_t i) {
      files.Add(absl::StrCat(classes[label], "/", pictures[label][i]),
                static_cast<int32_t>(label));
    });
    files.Finish();
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

  absl::StatusOr<std::vector<int64_t>> Labels() const override {
    return files.Labels();
  }

  absl::Status Read(int64_t index, Rng&, Example* example) const override {
    Image& image = example->SetImage();
    example->SetLabel(files.Label(index));
    ASSIGN_OR_RETURN(const auto bytes, files.Read(index, &image.bytes()));
    return decoding.Open(bytes, index, &image);
  }

  recipe::ImageFolder options;
  PictureDecoding decoding;
  Names classes;
  FileTable files;
};

Made<Dataset> MakeImageFolder(const recipe::ImageFolder& options) {
  RETURN_IF_ERROR(Given("folder", options.has_folder()));
  if (options.class__size() > 0 && options.has_class_order()) {
    return Invalid("class_order must not be given beside class");
  }
  Names classes(options.class_().begin(), options.class_().end());
  std::ranges::sort(classes);
  const auto twice = std::ranges::adjacent_find(classes);
  if (twice != classes.end()) {
    return Invalid("a class must be listed once", *twice);
  }
  ASSIGN_OR_RETURN(PictureDecoding decoding,
                   PictureDecodingOf(options.decoding()));
  return std::make_unique<ImageFolder>(options, std::move(decoding));
}

TOQUE_PLUGIN(MakeImageFolder);

}  // namespace
}  // namespace toque
