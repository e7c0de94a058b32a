#include "framework/shared/flow_image.h"

#include <cstdint>
#include <vector>

#include "framework/shared/read_file.h"

namespace toque {
namespace {

// A grey picture and its pixels, in memory that is kept.
struct Component {
  Image image;
  std::vector<uint8_t> levels;

  absl::Status Read(const std::string& path, ImageOptions options) {
    options.channels = 1;
    ASSIGN_OR_RETURN(const auto bytes, ReadFile(path, &image.bytes()));
    RETURN_IF_ERROR(image.Open(bytes, options));
    levels.resize(static_cast<size_t>(image.elements()));
    return image.Write(levels.data(),
                       {.type = PixelForm::kUint8, .interleaved = true});
  }
};

}  // namespace

absl::Status ReadFlow(const std::string& folder, const FlowNames& names,
                      const ImageOptions& options, Image* image) {
  thread_local Component x, y;
  RETURN_IF_ERROR(AtPlace(x.Read(folder + names.x, options), names.x));
  RETURN_IF_ERROR(AtPlace(y.Read(folder + names.y, options), names.y));
  const int64_t height = x.image.height(), width = x.image.width();
  if (y.image.height() != height || y.image.width() != width) {
    return AtPlace(
        Broken(absl::StrCat("must have the size of ", names.x, ", ", width,
                            " x ", height, ", got ", y.image.width(), " x ",
                            y.image.height())),
        names.y);
  }
  uint8_t* out = image->Allocate(2, height, width).data();
  for (size_t i = 0; i < x.levels.size(); ++i) {
    *out++ = x.levels[i];
    *out++ = y.levels[i];
  }
  image->set_content(Content::kFlow);
  return absl::OkStatus();
}

}  // namespace toque
