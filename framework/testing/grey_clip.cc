#include "framework/testing/grey_clip.h"

#include <cmath>
#include <filesystem>
#include <numeric>

#include "framework/testing/testing.h"
#include "framework/testing/video_file.h"

namespace toque {
namespace {

int LevelOf(const Image& image) {
  std::vector<float> values(static_cast<size_t>(image.elements()));
  EXPECT_OK(image.Write(values.data()));
  const double sum = std::accumulate(values.begin(), values.end(), 0.0);
  const double mean = sum / static_cast<double>(values.size()) * 255;
  return static_cast<int>(std::lround(mean / 10)) * 10;
}

}  // namespace

void WriteGreyClip(const std::string& path, const std::vector<int>& levels) {
  std::filesystem::create_directories(
      std::filesystem::path(path).parent_path());
  VideoFile file;
  file.height = 24;
  file.width = 32;
  file.frames = static_cast<int>(levels.size());
  file.draw = [&levels](const VideoFile& self, int t) {
    const auto size = static_cast<size_t>(self.height * self.width * 3);
    const int level = levels[static_cast<size_t>(t)];
    return std::vector<uint8_t>(size, static_cast<uint8_t>(level));
  };
  WriteVideo(file, path);
}

std::vector<std::vector<int>> GreyLevels(const Example& example) {
  std::vector<std::vector<int>> levels;
  for (const auto& view : example.images) {
    std::vector<int>& own = levels.emplace_back();
    for (const Image& image : view) own.push_back(LevelOf(image));
  }
  return levels;
}

}  // namespace toque
