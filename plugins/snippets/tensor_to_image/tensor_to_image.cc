#include <string>

#include "ATen/ops/arange.h"
#include "ATen/ops/empty.h"
#include "ATen/ops/rand.h"
#include "ATen/ops/tensor.h"
#include "ATen/ops/zeros.h"
#include "absl/strings/escaping.h"
#include "framework/codec/encode.h"
#include "framework/core/snippet.h"
#include "framework/image/image.h"
#include "framework/tensors/describe.h"
#include "framework/tensors/span.h"
#include "plugins/snippets/tensor_to_image/tensor_to_image.pb.h"

namespace toque {
namespace {

// A PNG file of one pixel: red 255, green 0, blue 0, alpha 0.
constexpr char kClearRed[] =
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d4944415478da63f8cfc0c00000040101009858d8ce"
    "0000000049454e44ae426082";

// [channels, height, width] of 0..1 as bytes [height, width, channels].
at::Tensor ToBytes(const at::Tensor& x) {
  return x.mul(255).clamp(0, 255).to(at::kByte).permute({1, 2, 0});
}

// The same by the function that the tools call.
at::Tensor ByToLevels(const at::Tensor& x) {
  return FromVector(ToLevels(AsSpan<const float>(x).value(), x.size(0),
                             x.size(1), x.size(2)),
                    {x.size(1), x.size(2), x.size(0)})
      .value();
}

// And back.
at::Tensor FromBytes(const at::Tensor& bytes) {
  return bytes.permute({2, 0, 1}).to(at::kFloat).div(255);
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

void ShowRoundTrip(Page& page) {
  // A grey picture that has each level once.
  const at::Tensor x = at::arange(256, at::kFloat).div(255).reshape({1, 8, 32});
  const at::Tensor bytes = ToBytes(x).contiguous();
  const std::string file =
      EncodePng({bytes.const_data_ptr<uint8_t>(), 8, 32, 1}).value();
  const at::Tensor back = Read(file);
  page.Line("x: ", Describe(x));
  page.Line("bytes: ", Describe(bytes));
  page.Line("read from the file: ", Describe(back));
  page.Claim(bytes.flatten().equal(at::arange(256).to(at::kByte)) &&
                 ToBytes(FromBytes(bytes)).equal(bytes) &&
                 ToBytes(back.slice(0, 0, 1)).equal(bytes),
             "all 256 levels come back as they were");
  page.Claim(back[0].equal(back[1]) && back[0].equal(back[2]),
             "grey is read as red, green and blue alike");
  const at::Tensor colours = at::rand({3, 4, 5}).mul(2).sub(0.5);
  page.Claim(ToBytes(colours).equal(ByToLevels(colours)),
             "ToLevels(values, channels, height, width) gives the same");
}

void ShowTraps(Page& page) {
  const at::Tensor bright =
      at::tensor({-0.2F, 0.999F, 1.5F}).reshape({1, 1, 3});
  const at::Tensor bytes = ToBytes(bright).flatten();
  page.Line("-0.2, 0.999, 1.5: ", ValuesText(bytes));
  page.Claim(bytes.equal(at::tensor({0, 254, 255}, at::kByte)),
             "clamped, and cut instead of rounded");
  const at::Tensor wrapped =
      bright.mul(255).to(at::kInt).to(at::kByte).flatten();
  page.Trap("a cast to uint8 doesn't clamp: -0.2 is bright and 1.5 is dark",
            wrapped.equal(at::tensor({205, 254, 126}, at::kByte)),
            ValuesText(wrapped));
  page.Trap(
      "grey bytes [height, width] have no channels to permute; "
      "unsqueeze(2) adds them",
      [] {
        FromBytes(at::zeros({8, 32}, at::kByte));
      });
  const at::Tensor clear = Read(absl::HexStringToBytes(kClearRed));
  page.Trap("alpha is dropped: a pixel of clear red is red",
            clear.flatten().equal(at::tensor({1.F, 0.F, 0.F})),
            absl::StrCat(Describe(clear), ", ", ValuesText(clear.flatten())));
  page.Trap("a picture has a pixel at least",
            EncodePng({nullptr, 0, 0, 3}).status());
}

void Show(Page& page) {
  ShowRoundTrip(page);
  ShowTraps(page);
}

Made<Snippet> MakeTensorToImage(const snippet::TensorToImage&) {
  return SnippetOf(Show);
}

TOQUE_PLUGIN(MakeTensorToImage);

}  // namespace
}  // namespace toque
