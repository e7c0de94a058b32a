#include "framework/layers/bilinear_pool.h"

#include <string>

#include "ATen/ops/bmm.h"
#include "ATen/ops/triu_indices.h"
#include "framework/core/check_shape.h"

namespace toque {
namespace {

constexpr double kRootEps = 1e-5;
constexpr double kNormEps = 1e-12;

struct BilinearPoolLayer : Block {
  explicit BilinearPoolLayer(Products products) : products(products) {}

  at::Tensor Forward(const at::Tensor& input) override {
    CHECK_SHAPE(input, {kAny, kAny, kAny, kAny});
    const at::Tensor maps = input.flatten(2);  // [N, C, H * W]
    TORCH_CHECK(maps.size(2) > 0,
                "input must have height and width of at "
                "least 1, got ",
                input.sizes());
    const at::Tensor means =
        at::bmm(maps, maps.transpose(1, 2)).div(maps.size(2));
    const at::Tensor kept = Kept(means);
    const at::Tensor roots = kept.sign().mul(kept.abs().add(kRootEps).sqrt());
    return roots.div(roots.norm(2, {1}, /*keepdim=*/true).clamp_min(kNormEps));
  }

  // [N, C, C] to [N, P].
  at::Tensor Kept(const at::Tensor& means) const {
    if (products == Products::kAll) return means.flatten(1);
    const int64_t channels = means.size(1);
    const at::Tensor places = at::triu_indices(
        channels, channels, 0, at::TensorOptions(means.device()));
    return means.flatten(1).index_select(1, places[0] * channels + places[1]);
  }

  int64_t Macs(const at::Tensor& input, const at::Tensor&) const override {
    return input.numel() * input.size(1);
  }
  std::string Describe() const override { return "BilinearPool"; }

  Products products;
};

}  // namespace

Layer BilinearPool(Products products) {
  return std::make_shared<BilinearPoolLayer>(products);
}

int64_t BilinearSize(int64_t channels, Products products) {
  return products == Products::kAll ? channels * channels
                                    : channels * (channels + 1) / 2;
}

}  // namespace toque
