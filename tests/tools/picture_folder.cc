#include "tests/tools/picture_folder.h"

#include <vector>

#include "ATen/Context.h"
#include "ATen/ops/from_blob.h"
#include "c10/core/GradMode.h"
#include "framework/codec/encode.h"
#include "framework/core/model_access.h"
#include "framework/testing/testing.h"
#include "tests/end_to_end/small_run.h"

namespace toque {

at::Tensor WritePicture(const std::string& path, uint32_t seed) {
  constexpr int64_t kSide = 12;
  std::vector<uint8_t> levels(kSide * kSide * 3);
  uint32_t value = seed;
  for (uint8_t& level : levels) {
    value = value * 1664525 + 1013904223;
    level = static_cast<uint8_t>(value >> 24);
  }
  const auto png = EncodePng({levels.data(), kSide, kSide, 3});
  EXPECT_OK(png);
  WriteBytes(path, *png);
  return at::from_blob(levels.data(), {1, kSide, kSide, 3}, at::kByte)
      .permute({0, 3, 1, 2})
      .to(at::kFloat)
      .div(255)
      .contiguous();
}

at::Tensor LogitsOf(const at::Tensor& input) {
  at::manual_seed(0);
  const auto model =
      MakeOrDie<Model>("recipe.CifarResNet", "depth: 8 classes: 6");
  const ModeScope evaluation(*model, /*training=*/false);
  const c10::AutoGradMode no_gradients(false);
  return Predict(*model, input);
}

}  // namespace toque
