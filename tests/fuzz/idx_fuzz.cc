// Bytes as the images of recipe.Idx, and as its labels.

#include "absl/strings/str_format.h"
#include "tests/fuzz/dataset_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // Two images of 1 x 2 pixels and two labels.
  static constexpr uint8_t kImages[] = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0,
                                        0, 1, 0, 0, 0, 2, 9, 8, 7, 6};
  static constexpr uint8_t kLabels[] = {0, 0, 8, 1, 0, 0, 0, 2, 3, 1};
  static const std::string images =
      toque::FuzzFile("images", kImages, sizeof(kImages));
  static const std::string labels =
      toque::FuzzFile("labels", kLabels, sizeof(kLabels));
  const std::string bytes = toque::FuzzFile("bytes", data, size);
  constexpr char kOptions[] = "images: \"%s\" labels: \"%s\"";
  toque::OpenAndRead("recipe.Idx", absl::StrFormat(kOptions, bytes, labels));
  toque::OpenAndRead("recipe.Idx", absl::StrFormat(kOptions, images, bytes));
  return 0;
}
