#include "datasets/idx/idx.pb.h"
#include "framework/core/dataset.h"
#include "framework/core/option_checks.h"
#include "framework/shared/input_file.h"

namespace toque {
namespace {

using Bytes = std::vector<uint8_t>;
using Shape = std::vector<int64_t>;

struct Array {
  Shape shape;
  Bytes values;
};

// Two zeros, the type of the elements (8: unsigned bytes), the number of
// dimensions, and each dimension's size as a big-endian number of 32 bits.
absl::StatusOr<Shape> ReadShape(InputFile& file) {
  Bytes head;
  RETURN_IF_ERROR(file.Read(4, &head));
  if (head.size() < 4 || head[0] != 0 || head[1] != 0 || head[2] != 8) {
    return Invalid("an IDX file of bytes must begin with 0, 0, 8");
  }
  const size_t dimensions = head[3];
  head.clear();
  RETURN_IF_ERROR(file.Read(4 * dimensions, &head));
  if (head.size() < 4 * dimensions) {
    return Invalid(absl::StrCat("the header must tell ", dimensions, " sizes"),
                   head.size() / 4);
  }
  Shape shape(dimensions);
  for (size_t i = 0; i < head.size(); ++i) {
    shape[i / 4] = shape[i / 4] << 8 | head[i];
  }
  return shape;
}

absl::StatusOr<Array> ReadArray(InputFile& file) {
  Array array;
  ASSIGN_OR_RETURN(array.shape, ReadShape(file));
  uint64_t promised = 1;
  for (const int64_t size : array.shape) {
    RETURN_IF_ERROR(AtLeast("each size", size, 1));
    if (__builtin_mul_overflow(promised, size, &promised)) {
      return Invalid("the header promises more than any file can hold");
    }
  }
  RETURN_IF_ERROR(file.Read(promised, &array.values));
  const uint64_t held = array.values.size();
  // Tells a file that goes on, and reaches the checksum of gzipped data.
  Bytes more;
  RETURN_IF_ERROR(file.Read(1, &more));
  if (held == promised && more.empty()) return array;
  return absl::DataLossError(
      absl::StrCat("header promises ", promised, " bytes, the file holds ",
                   more.empty() ? std::to_string(held) : "more"));
}

absl::StatusOr<Array> ReadIdx(const std::string& path) {
  absl::StatusOr<InputFile> file = InputFile::Open(path);
  if (!file.ok()) return AtPlace(file.status(), path);
  absl::StatusOr<Array> array = ReadArray(*file);
  if (!array.ok()) return AtPlace(array.status(), path);
  return array;
}

struct Idx : Dataset {
  explicit Idx(const recipe::Idx& options) : options(options) {}

  absl::Status Open(const Context& context) override {
    const std::string images_path = context.DataPath(options.images());
    const std::string labels_path = context.DataPath(options.labels());
    ASSIGN_OR_RETURN(images, ReadIdx(images_path));
    ASSIGN_OR_RETURN(labels, ReadIdx(labels_path));
    RETURN_IF_ERROR(AtPlace(CheckImages(), images_path));
    return AtPlace(CheckLabels(), labels_path);
  }

  absl::Status CheckImages() {
    const size_t dimensions = images.shape.size();
    RETURN_IF_ERROR(Between("dimensions of the images", dimensions, 3, 4));
    if (dimensions == 3) images.shape.insert(images.shape.begin() + 1, 1);
    return Between("channels", images.shape[1], 1, Image::kMaxChannels);
  }

  absl::Status CheckLabels() const {
    if (labels.shape != Shape{size()}) {
      return Invalid(absl::StrCat(size(), " images must have as many labels"),
                     labels.values.size());
    }
    for (size_t i = 0; i < labels.values.size(); ++i) {
      if (labels.values[i] < options.classes()) continue;
      return Invalid(absl::StrCat("label ", i, " must be below ",
                                  options.classes(), ", the classes"),
                     int{labels.values[i]});
    }
    return absl::OkStatus();
  }

  DatasetInfo Info() const override {
    return {.classes = options.classes(),
            .shape = {images.shape.begin() + 1, images.shape.end()}};
  }

  int64_t size() const override { return images.shape[0]; }

  absl::StatusOr<std::vector<int64_t>> Labels() const override {
    return std::vector<int64_t>(labels.values.begin(), labels.values.end());
  }

  absl::Status Read(int64_t index, Rng&, Example* example) const override {
    const auto layout =
        PixelLayout::Planar(images.shape[1], images.shape[2], images.shape[3]);
    const int64_t pixels = layout.channels * layout.channel_stride;
    example->SetImage().View(images.values.data() + index * pixels, layout);
    example->SetLabel(labels.values[static_cast<size_t>(index)]);
    return absl::OkStatus();
  }

  recipe::Idx options;
  Array images;  // [N, channels, height, width]
  Array labels;  // [N]
};

Made<Dataset> MakeIdx(const recipe::Idx& options) {
  RETURN_IF_ERROR(Together({Given("images", options.has_images()),
                            Given("labels", options.has_labels()),
                            AtLeast("classes", options.classes(), 1)}));
  return std::make_unique<Idx>(options);
}

TOQUE_PLUGIN(MakeIdx);

}  // namespace
}  // namespace toque
