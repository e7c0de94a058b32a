#include "datasets/packed/packed.pb.h"
#include "framework/core/dataset.h"
#include "framework/core/option_checks.h"
#include "framework/pack/pack.h"
#include "framework/shared/image_options.h"

namespace toque {
namespace {

struct Packed : Dataset {
  Packed(const recipe::Packed& options, PictureDecoding decoding)
      : options(options), decoding(std::move(decoding)) {}

  absl::Status Open(const Context& context) override {
    ASSIGN_OR_RETURN(pack, PackReader::Open(context.DataPath(options.file())));
    return absl::OkStatus();
  }

  DatasetInfo Info() const override {
    return {.classes = pack->classes(), .class_names = pack->class_names()};
  }

  int64_t size() const override { return pack->size(); }

  std::string Name(int64_t index) const override {
    return absl::StrCat(Dataset::Name(index), " (", pack->Name(index), ")");
  }

  absl::StatusOr<std::vector<int64_t>> Labels() const override {
    std::vector<int64_t> labels;
    for (int64_t i = 0; i < size(); ++i) labels.push_back(pack->Label(i));
    return labels;
  }

  absl::Status Read(int64_t index, Rng&, Example* example) const override {
    example->SetImage();
    std::vector<Image>& frames = example->images[0];
    frames.resize(static_cast<size_t>(pack->Pictures(index)));
    for (size_t i = 0; i < frames.size(); ++i) {
      ASSIGN_OR_RETURN(
          const auto bytes,
          pack->Read(index, static_cast<int64_t>(i), &frames[i].bytes()));
      const int64_t number =
          pack->FirstPicture(index) + static_cast<int64_t>(i);
      RETURN_IF_ERROR(decoding.Open(bytes, number, &frames[i]));
    }
    example->SetLabel(pack->Label(index));
    return absl::OkStatus();
  }

  recipe::Packed options;
  PictureDecoding decoding;
  std::unique_ptr<PackReader> pack;
};

Made<Dataset> MakePacked(const recipe::Packed& options) {
  RETURN_IF_ERROR(Given("file", options.has_file()));
  ASSIGN_OR_RETURN(PictureDecoding decoding,
                   PictureDecodingOf(options.decoding()));
  return std::make_unique<Packed>(options, std::move(decoding));
}

TOQUE_PLUGIN(MakePacked);

}  // namespace
}  // namespace toque
