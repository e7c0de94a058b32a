#include <string>
#include <utility>

#include "ATen/ops/adaptive_avg_pool2d.h"
#include "ATen/ops/avg_pool2d.h"
#include "ATen/ops/max_pool2d.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "framework/core/check_shape.h"
#include "framework/layers/layers.h"

namespace toque {
namespace {

std::string Text(const char* name, const PoolOptions& options) {
  return absl::StrCat(name, "(", absl::StrJoin(options.kernel.each, "x"), ")");
}

struct MaxPool : Block {
  explicit MaxPool(const PoolOptions& options) : options(options) {}

  at::Tensor Forward(const at::Tensor& input) override {
    CHECK_SHAPE(input, {kAny, kAny, kAny, kAny});
    return at::max_pool2d(input, options.kernel, options.stride,
                          options.padding, /*dilation=*/1,
                          options.output_size == Rounding::kUp);
  }
  std::string Describe() const override { return Text("MaxPool2d", options); }

  PoolOptions options;
};

struct AvgPool : Block {
  explicit AvgPool(const PoolOptions& options) : options(options) {}

  at::Tensor Forward(const at::Tensor& input) override {
    CHECK_SHAPE(input, {kAny, kAny, kAny, kAny});
    return at::avg_pool2d(input, options.kernel, options.stride,
                          options.padding,
                          options.output_size == Rounding::kUp);
  }
  std::string Describe() const override { return Text("AvgPool2d", options); }

  PoolOptions options;
};

struct AdaptiveAvgPool : Block {
  AdaptiveAvgPool(std::string name, Spatial<2> size)
      : name(std::move(name)), size(size) {}

  at::Tensor Forward(const at::Tensor& input) override {
    CHECK_SHAPE(input, {kAny, kAny, kAny, kAny});
    return at::adaptive_avg_pool2d(input, size);
  }
  std::string Describe() const override { return name; }

  std::string name;
  Spatial<2> size;
};

}  // namespace

Layer MaxPool2d(const PoolOptions& options) {
  return std::make_shared<MaxPool>(options);
}

Layer AvgPool2d(const PoolOptions& options) {
  return std::make_shared<AvgPool>(options);
}

Layer GlobalAvgPool2d() {
  return std::make_shared<AdaptiveAvgPool>("GlobalAvgPool2d", 1);
}

Layer AdaptiveAvgPool2d(Spatial<2> size) {
  const std::string text = absl::StrJoin(size.each, "x");
  return std::make_shared<AdaptiveAvgPool>(
      absl::StrCat("AdaptiveAvgPool2d(", text, ")"), size);
}

}  // namespace toque
