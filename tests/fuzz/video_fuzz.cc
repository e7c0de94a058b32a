// Bytes as a file of video, indexed and read, and as a packed clip.

#include <string>
#include <vector>

#include "framework/video/video_reader.h"
#include "glog/logging.h"
#include "tests/fuzz/dataset_fuzz.h"

namespace toque {
namespace {

void ReadSome(VideoReader& reader) {
  const VideoIndex& index = reader.index();
  const int64_t last = index.size() - 1;
  const std::vector<int64_t> frames = {last, 0, last / 2, 0};
  std::vector<Image> images(frames.size());
  std::vector<Image*> places;
  for (Image& image : images) places.push_back(&image);
  if (!reader.Read(frames, places).ok()) return;
  for (const Image& image : images) {
    CHECK_EQ(image.channels(), 3);
    CHECK_GE(image.height(), 1);
    CHECK_GE(image.width(), 1);
    std::vector<float> values(static_cast<size_t>(image.elements()));
    CHECK(image.Write(values.data()).ok());
  }
}

}  // namespace
}  // namespace toque

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static auto& reader = *new toque::VideoReader(
      {.max_pixels = 1 << 16, .max_packets = 256, .seconds = 5});
  const std::string path = toque::FuzzFile("clip", data, size);
  if (reader.Open(path).ok()) toque::ReadSome(reader);
  if (reader.Open(absl::MakeConstSpan(data, size)).ok()) {
    toque::ReadSome(reader);
  }
  reader.Close();
  return 0;
}
