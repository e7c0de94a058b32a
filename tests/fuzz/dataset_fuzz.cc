#include "tests/fuzz/dataset_fuzz.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "framework/core/dataset.h"
#include "framework/testing/testing.h"
#include "glog/logging.h"

namespace toque {

std::string FuzzFile(const std::string& name, const uint8_t* data,
                     size_t size) {
  const auto path = std::filesystem::temp_directory_path() /
                    absl::StrCat("toque_fuzz_", getpid(), "_", name);
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(data),
             static_cast<std::streamsize>(size));
  return path;
}

void OpenAndRead(std::string_view plugin, std::string_view options) {
  const auto dataset = MakeOrDie<Dataset>(plugin, options);
  if (!dataset->Open(Context()).ok()) return;
  Example example;
  std::vector<float> pixels;
  for (int64_t i = 0; i < dataset->size(); ++i) {
    Rng rng(0);
    CHECK(dataset->Read(i, rng, &example).ok());
    const Image& image = example.images.at(0).at(0);
    pixels.resize(static_cast<size_t>(image.elements()));
    CHECK(image.Write(pixels.data()).ok());
    CHECK_LT(example.label(), dataset->Info().classes);
  }
}

}  // namespace toque
