#include <algorithm>
#include <unordered_map>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "datasets/image_list/image_list.pb.h"
#include "framework/core/dataset.h"
#include "framework/core/option_checks.h"
#include "framework/shared/file_table.h"
#include "framework/shared/image_options.h"
#include "framework/shared/input_file.h"

namespace toque {
namespace {

constexpr int64_t kMostClasses = 1 << 30;

std::string_view Trimmed(std::string_view text) {
  const absl::string_view part = absl::StripAsciiWhitespace(View(text));
  return {part.data(), part.size()};
}

struct ImageList : Dataset {
  ImageList(const recipe::ImageList& options, PictureDecoding decoding)
      : options(options),
        decoding(std::move(decoding)),
        classes(options.classes()) {
    for (const std::string& name : options.class_()) {
      numbers.emplace(name, static_cast<int32_t>(numbers.size()));
    }
    if (!numbers.empty()) classes = options.class__size();
    limit = classes == 0 ? kMostClasses : classes;
  }

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
    size_t cut = line.rfind('\t');
    if (cut == line.npos) cut = line.rfind(' ');
    if (cut == line.npos) return Invalid("a path must have a label after it");
    ASSIGN_OR_RETURN(const int32_t label,
                     LabelOf(std::string(Trimmed(line.substr(cut)))));
    if (options.classes() == 0 && numbers.empty()) {
      classes = std::max<int64_t>(classes, label + 1);
    }
    files.Add(Trimmed(line.substr(0, cut)), label);
    return absl::OkStatus();
  }

  absl::StatusOr<int32_t> LabelOf(const std::string& text) const {
    const auto named = numbers.find(text);
    if (named != numbers.end()) return named->second;
    int32_t label = 0;
    if (absl::SimpleAtoi(text, &label)) {
      RETURN_IF_ERROR(AtLeast("label", label, 0));
      RETURN_IF_ERROR(Within("label", label, 0, static_cast<int32_t>(limit)));
      return label;
    }
    return Invalid(numbers.empty() ? "label must be a number"
                                   : "label must be a class that is listed",
                   text);
  }

  DatasetInfo Info() const override {
    return {.classes = classes,
            .class_names = {options.class_().begin(), options.class_().end()}};
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

  recipe::ImageList options;
  PictureDecoding decoding;
  int64_t classes;
  int64_t limit;                                     // of labels
  std::unordered_map<std::string, int32_t> numbers;  // of the listed classes
  FileTable files;
};

Made<Dataset> MakeImageList(const recipe::ImageList& options) {
  const int64_t listed = options.class__size();
  RETURN_IF_ERROR(Together({
      Given("list", options.has_list()),
      Between("classes", options.classes(), 0, kMostClasses),
  }));
  if (listed > 0 && options.classes() != 0 && options.classes() != listed) {
    return Invalid(absl::StrCat("classes must be ", listed,
                                ", the number of those listed"),
                   options.classes());
  }
  ASSIGN_OR_RETURN(PictureDecoding decoding,
                   PictureDecodingOf(options.decoding()));
  auto made = std::make_unique<ImageList>(options, std::move(decoding));
  if (static_cast<int64_t>(made->numbers.size()) == listed) return made;
  return Invalid("a class must be listed once");
}

TOQUE_PLUGIN(MakeImageList);

}  // namespace
}  // namespace toque
