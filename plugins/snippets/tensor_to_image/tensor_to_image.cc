#include <numeric>
#include <string>
#include <vector>

#include "ATen/ops/arange.h"
#include "ATen/ops/empty.h"
#include "ATen/ops/tensor.h"
#include "framework/codec/encode.h"
#include "framework/core/snippet.h"
#include "framework/image/image.h"
#include "framework/tensors/describe.h"
#include "framework/tensors/span.h"
#include "plugins/snippets/tensor_to_image/tensor_to_image.pb.h"

namespace toque {
namespace {

// [channels, height, width] of 0..1 as 8-bit levels [height, width, channels].
std::vector<uint8_t> Levels(const at::Tensor& x) {
  return ToLevels(AsSpan<const float>(x).value(), x.size(0), x.size(1),
                  x.size(2));
}

// The picture in a PNG, JPEG, WebP, ... file as [3, height, width] of 0..1.
at::Tensor Read(const std::string& file) {
  Image image;
  const absl::Status opened = image.Open(absl::MakeConstSpan(
      reinterpret_cast<const uint8_t*>(file.data()), file.size()));
  TORCH_CHECK(opened.ok(), opened.ToString());
  const at::Tensor x =
      at::empty({image.channels(), image.height(), image.width()});
  const absl::Status written = image.Write(x.mutable_data_ptr<float>());
  TORCH_CHECK(written.ok(), written.ToString());
  return x;
}

void Show(Page& page) {
  // A grey picture that has each level once.
  const at::Tensor x = at::arange(256, at::kFloat).div(255).reshape({1, 8, 32});
  const std::vector<uint8_t> levels = Levels(x);
  const std::string file = EncodePng({levels.data(), 8, 32, 1}).value();
  const at::Tensor back = Read(file);
  page.Line("x: ", Describe(x));
  page.Line("levels: ", int{levels[0]}, ", ", int{levels[1]}, " ... ",
            int{levels[255]});
  page.Line("read from the file: ", Describe(back));
  std::vector<uint8_t> every(256);
  std::iota(every.begin(), every.end(), 0);
  page.Claim(levels == every && Levels(back.slice(0, 0, 1)) == every,
             "all 256 levels come back as they were");
  page.Claim(back[0].equal(back[1]) && back[0].equal(back[2]),
             "grey is read as red, green and blue alike");

  const at::Tensor bright =
      at::tensor({-0.2F, 0.999F, 1.5F}).reshape({1, 1, 3});
  const std::vector<uint8_t> cut = Levels(bright);
  page.Line("-0.2, 0.999, 1.5: levels ", int{cut[0]}, ", ", int{cut[1]}, ", ",
            int{cut[2]});
  page.Claim(cut == std::vector<uint8_t>({0, 254, 255}),
             "clamped, and cut instead of rounded");
  const at::Tensor wrapped = bright.mul(255).to(at::kInt).to(at::kByte);
  page.Trap("a cast to uint8 doesn't clamp: -0.2 is bright and 1.5 is dark",
            wrapped.flatten().equal(at::tensor({205, 254, 126}, at::kByte)),
            ValuesText(wrapped.flatten()));
  const absl::StatusOr<std::string> none = EncodePng({nullptr, 0, 0, 3});
  page.Trap("a picture has a pixel at least", !none.ok(),
            std::string(none.status().message()));
}

Made<Snippet> MakeTensorToImage(const snippet::TensorToImage&) {
  return SnippetOf(Show);
}

TOQUE_PLUGIN(MakeTensorToImage);

}  // namespace
}  // namespace toque
