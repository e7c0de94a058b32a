#include <algorithm>
#include <string>
#include <utility>

#include "ATen/ops/batch_norm.h"
#include "ATen/ops/group_norm.h"
#include "ATen/ops/instance_norm.h"
#include "ATen/ops/layer_norm.h"
#include "ATen/ops/ones.h"
#include "ATen/ops/zeros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "framework/layers/details.h"
#include "framework/layers/layers.h"
#include "framework/layers/statistics.h"

namespace toque {
namespace {

constexpr bool kCudnn = true;  // where there is one

struct BatchNorm : StatisticsBlock {
  BatchNorm(int64_t dimensions, int64_t channels,
            const BatchNormOptions& options)
      : dimensions(dimensions),
        channels(channels),
        options(options),
        weight(register_parameter("weight", at::ones(channels))),
        bias(register_parameter("bias", at::zeros(channels))),
        running_mean(register_buffer("running_mean", at::zeros(channels))),
        running_var(register_buffer("running_var", at::ones(channels))),
        batches(
            register_buffer("num_batches_tracked", at::zeros({}, at::kLong))) {}

  at::Tensor Forward(const at::Tensor& input) override {
    // BatchNorm1d may be given one value a channel, without L.
    const bool bare = dimensions == 1 && input.dim() == 2;
    CheckChannels(input, channels, bare ? 0 : dimensions);
    if (!is_training()) return Normalize(input, running_mean, running_var, 0);
    TORCH_CHECK(input.numel() != channels,
                "input must have more than one value a channel in training,"
                " got ",
                input.sizes());
    if (!Counts()) return Normalize(input, {}, {}, 0);
    batches.add_(1);
    return Normalize(input, running_mean, running_var,
                     ShareOfNew(options.momentum));
  }

  at::Tensor Normalize(const at::Tensor& input, const at::Tensor& mean,
                       const at::Tensor& var, double share) const {
    return at::batch_norm(input, weight, bias, mean, var, is_training(), share,
                          options.eps, kCudnn);
  }

  void Forget() override {
    running_mean.zero_();
    running_var.fill_(1);
    batches.zero_();
  }

  Kind kind() const override { return Kind::kNorm; }
  std::string Describe() const override {
    return absl::StrCat("BatchNorm", dimensions, "d(", channels, ")");
  }

  int64_t dimensions;
  int64_t channels;
  BatchNormOptions options;
  at::Tensor weight, bias;               // [C]
  at::Tensor running_mean, running_var;  // [C]
  at::Tensor batches;                    // int64 []
};

struct LayerNormLayer : Block {
  LayerNormLayer(std::vector<int64_t> shape, double eps)
      : shape(std::move(shape)),
        eps(eps),
        weight(register_parameter("weight", at::ones(this->shape))),
        bias(register_parameter("bias", at::zeros(this->shape))) {}

  at::Tensor Forward(const at::Tensor& input) override {
    return at::layer_norm(input, shape, weight, bias, eps);
  }

  Kind kind() const override { return Kind::kNorm; }
  std::string Describe() const override {
    return absl::StrCat("LayerNorm(", absl::StrJoin(shape, ", "), ")");
  }

  std::vector<int64_t> shape;
  double eps;
  at::Tensor weight, bias;
};

struct GroupNormLayer : Block {
  GroupNormLayer(int64_t groups, int64_t channels, double eps)
      : groups(groups),
        channels(channels),
        eps(eps),
        weight(register_parameter("weight", at::ones(channels))),
        bias(register_parameter("bias", at::zeros(channels))) {}

  at::Tensor Forward(const at::Tensor& input) override {
    CheckChannels(input, channels, std::max<int64_t>(input.dim() - 2, 0));
    return at::group_norm(input, groups, weight, bias, eps, kCudnn);
  }

  Kind kind() const override { return Kind::kNorm; }
  std::string Describe() const override {
    return absl::StrCat("GroupNorm(", groups, ", ", channels, ")");
  }

  int64_t groups;
  int64_t channels;
  double eps;
  at::Tensor weight, bias;  // [C]
};

struct InstanceNorm : Block {
  InstanceNorm(int64_t channels, double eps) : channels(channels), eps(eps) {}

  at::Tensor Forward(const at::Tensor& input) override {
    CheckChannels(input, channels, 2);
    return at::instance_norm(input, /*weight=*/{}, /*bias=*/{},
                             /*running_mean=*/{}, /*running_var=*/{},
                             /*use_input_stats=*/true, /*momentum=*/0, eps,
                             kCudnn);
  }

  Kind kind() const override { return Kind::kNorm; }
  std::string Describe() const override {
    return absl::StrCat("InstanceNorm2d(", channels, ")");
  }

  int64_t channels;
  double eps;
};

}  // namespace

Layer BatchNorm1d(int64_t channels, const BatchNormOptions& options) {
  return std::make_shared<BatchNorm>(1, channels, options);
}

Layer BatchNorm2d(int64_t channels, const BatchNormOptions& options) {
  return std::make_shared<BatchNorm>(2, channels, options);
}

Layer BatchNorm3d(int64_t channels, const BatchNormOptions& options) {
  return std::make_shared<BatchNorm>(3, channels, options);
}

Layer LayerNorm(std::vector<int64_t> shape, double eps) {
  return std::make_shared<LayerNormLayer>(std::move(shape), eps);
}

Layer GroupNorm(int64_t groups, int64_t channels, double eps) {
  return std::make_shared<GroupNormLayer>(groups, channels, eps);
}

Layer InstanceNorm2d(int64_t channels, double eps) {
  return std::make_shared<InstanceNorm>(channels, eps);
}

}  // namespace toque
