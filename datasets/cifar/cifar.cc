#include "absl/strings/str_split.h"
#include "datasets/cifar/cifar.pb.h"
#include "framework/config/text_file.h"
#include "framework/core/dataset.h"
#include "framework/core/option_checks.h"
#include "framework/shared/input_file.h"

namespace toque {
namespace {

constexpr int64_t kSide = 32;
constexpr int64_t kChannels = 3;
constexpr int64_t kPixels = kChannels * kSide * kSide;
// Of a file's bytes, far beyond any real one: gzipped data may inflate to
// anything.
constexpr uint64_t kGreatestFile = 1 << 30;

absl::Status Append(const std::string& path, std::vector<uint8_t>* bytes) {
  absl::StatusOr<InputFile> file = InputFile::Open(path);
  RETURN_IF_ERROR(file.status());
  const size_t before = bytes->size();
  RETURN_IF_ERROR(file->Read(kGreatestFile + 1, bytes));
  if (bytes->size() - before <= kGreatestFile) return absl::OkStatus();
  return Invalid(absl::StrCat("must hold at most ", kGreatestFile, " bytes"),
                 "more");
}

struct Cifar : Dataset {
  explicit Cifar(const recipe::Cifar& options)
      : options(options),
        label_bytes(options.kind() == recipe::Cifar::CIFAR100 ? 2 : 1),
        classes(label_bytes == 2 ? 100 : 10) {}

  absl::Status Open(const Context& context) override {
    for (const std::string& name : options.file()) {
      const std::string path = context.DataPath(name);
      const size_t before = records.size();
      RETURN_IF_ERROR(AtPlace(Append(path, &records), path));
      RETURN_IF_ERROR(AtPlace(CheckRecords(before), path));
    }
    if (!options.has_names()) return absl::OkStatus();
    return ReadNames(context.DataPath(options.names()));
  }

  // Checks what a file has added to the first `before` bytes.
  absl::Status CheckRecords(size_t before) const {
    const auto length = static_cast<size_t>(RecordBytes());
    const size_t added = records.size() - before;
    if (added == 0 || added % length != 0) {
      return Invalid(absl::StrCat("must hold records of ", length, " bytes"),
                     absl::StrCat(added, " bytes"));
    }
    for (size_t i = before / length; i < records.size() / length; ++i) {
      const int64_t label = Label(static_cast<int64_t>(i));
      if (label < classes) continue;
      return Invalid(absl::StrCat("the label of record ", i - before / length,
                                  " must be below ", classes),
                     label);
    }
    return absl::OkStatus();
  }

  absl::Status ReadNames(const std::string& path) {
    ASSIGN_OR_RETURN(const std::string text, ReadTextFile(path));
    class_names =
        absl::StrSplit(text, absl::ByAnyChar("\r\n"), absl::SkipWhitespace());
    const auto count = static_cast<int64_t>(class_names.size());
    return AtPlace(Between("names", count, classes, classes), path);
  }

  int64_t RecordBytes() const { return label_bytes + kPixels; }

  // The last byte before the pixels.
  int64_t Label(int64_t index) const {
    return records[static_cast<size_t>(index * RecordBytes() + label_bytes -
                                       1)];
  }

  DatasetInfo Info() const override {
    return {.classes = classes,
            .shape = {kChannels, kSide, kSide},
            .class_names = class_names};
  }

  int64_t size() const override {
    return static_cast<int64_t>(records.size()) / RecordBytes();
  }

  absl::StatusOr<std::vector<int64_t>> Labels() const override {
    std::vector<int64_t> labels;
    for (int64_t i = 0; i < size(); ++i) labels.push_back(Label(i));
    return labels;
  }

  absl::Status Read(int64_t index, Rng&, Example* example) const override {
    example->SetImage().View(
        records.data() + index * RecordBytes() + label_bytes,
        PixelLayout::Planar(kChannels, kSide, kSide));
    example->SetLabel(Label(index));
    return absl::OkStatus();
  }

  recipe::Cifar options;
  int64_t label_bytes;
  int64_t classes;
  std::vector<uint8_t> records;  // of all files: labels, then planes R, G, B
  std::vector<std::string> class_names;
};

Made<Dataset> MakeCifar(const recipe::Cifar& options) {
  RETURN_IF_ERROR(Given("file", options.file_size() > 0));
  return std::make_unique<Cifar>(options);
}

TOQUE_PLUGIN(MakeCifar);

}  // namespace
}  // namespace toque
