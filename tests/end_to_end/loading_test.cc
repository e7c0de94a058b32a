// Files of pictures through transforms into batches.

#include <filesystem>
#include <fstream>

#include "ATen/core/Tensor.h"
#include "framework/codec/encode.h"
#include "framework/core/dataset.h"
#include "framework/core/sampler.h"
#include "framework/core/transform.h"
#include "framework/loader/loader.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

// Two classes of JPEG files of many sizes.
void WritePictures(const std::string& folder) {
  for (const std::string name : {"cats", "dogs"}) {
    std::filesystem::create_directories(absl::StrCat(folder, "/", name));
    for (int64_t i = 0; i < 20; ++i) {
      const int64_t height = 40 + 3 * i, width = 90 - 2 * i;
      std::vector<uint8_t> pixels;
      for (int64_t at = 0; at < height * width * 3; ++at) {
        pixels.push_back(static_cast<uint8_t>(at * at / 11 + i * 13));
      }
      const auto bytes = EncodeJpeg({pixels.data(), height, width, 3}, 90);
      ASSERT_OK(bytes);
      std::ofstream(absl::StrCat(folder, "/", name, "/", i, ".jpg"),
                    std::ios::binary)
          << *bytes;
    }
  }
}

// The transforms draw, decode, change pixels and write noise.
std::vector<Handle<Transform>> Transforms() {
  std::vector<Handle<Transform>> transforms;
  for (const auto& [name, options] :
       std::vector<std::pair<std::string, std::string>>{
           {"recipe.RandomResizedCrop", "size: 32"},
           {"recipe.HorizontalFlip", ""},
           {"recipe.ColorJitter", "brightness: 0.4 hue: 0.1"},
           {"recipe.Normalize", "mean: 0.5 std: 0.25"},
           {"recipe.RandomErasing", "noise: true"}}) {
    transforms.push_back(MakeOrDie<Transform>(name, options));
  }
  return transforms;
}

// The bytes of the first 12 batches, two epochs.
std::vector<std::string> Batches(const LoaderOptions& options) {
  std::vector<std::string> batches;
  const auto loader = Loader::Start(options);
  EXPECT_OK(loader);
  if (!loader.ok()) return batches;
  Batch batch;
  for (int i = 0; i < 12; ++i) {
    EXPECT_OK((*loader)->Next(&batch));
    batches.emplace_back(static_cast<const char*>(batch.input.const_data_ptr()),
                         batch.input.nbytes());
  }
  return batches;
}

TEST(LoadingTest, BatchesHaveTheSameBytesForAnyNumberOfThreads) {
  const std::string folder = TestFolder();
  WritePictures(folder);
  const auto dataset = MakeOrDie<Dataset>(
      "recipe.ImageFolder", absl::StrCat("folder: '", folder, "'"));
  ASSERT_OK(dataset->Open(Context()));
  const auto sampler = MakeOrDie<Sampler>("recipe.Shuffle");
  const auto transforms = Transforms();
  LoaderOptions options;
  options.dataset = dataset.get();
  options.end = dataset->size();
  options.sampler = sampler.get();
  for (const auto& transform : transforms) {
    options.transforms.push_back(transform.get());
  }
  options.batch_size = 7;
  options.threads = 0;
  options.seed = 5;
  const auto expected = Batches(options);
  EXPECT_NE(expected[0], expected[6]);  // another epoch, other draws
  const auto caching = MakeOrDie<Dataset>(
      "recipe.ImageFolder",
      absl::StrCat("folder: '", folder, "' decoding { scan_cache_mib: 1 }"));
  ASSERT_OK(caching->Open(Context()));
  for (const int threads : {1, 2, 16}) {
    options.threads = threads;
    options.dataset = dataset.get();
    EXPECT_EQ(Batches(options), expected) << threads;
    options.dataset = caching.get();
    EXPECT_EQ(Batches(options), expected) << threads << ", caching";
  }
}

}  // namespace
}  // namespace toque
