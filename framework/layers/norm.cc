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
#include "c10/core/GradMode.h"
#include "framework/layers/batch_statistics.h"
#include "framework/layers/channel_map.h"
#include "framework/layers/details.h"
#include "framework/layers/layers.h"
#include "framework/layers/statistics.h"
#include "framework/layers/sync_batch_norm.h"

namespace toque {
namespace {

constexpr bool kCudnn = true;  // where there is one

struct BatchNorm : StatisticsBlock, GivesChannelMap {
  BatchNorm(int64_t dimensions, int64_t channels,
            const BatchNormOptions& options)
      : dimensions(dimensions), channels(channels), options(options) {
    if (options.affine == BatchNormOptions::Affine::kYes) {
      weight = register_parameter("weight", at::ones(channels));
      bias = register_parameter("bias", at::zeros(channels));
    }
    if (options.running == BatchNormOptions::Running::kNo) return;
    running_mean = register_buffer("running_mean", at::zeros(channels));
    running_var = register_buffer("running_var", at::ones(channels));
    batches = register_buffer("num_batches_tracked", at::zeros({}, at::kLong));
  }

  at::Tensor Forward(const at::Tensor& input) override {
    // BatchNorm1d may be given one value a channel, without L.
    const bool bare = dimensions == 1 && input.dim() == 2;
    CheckChannels(input, channels, bare ? 0 : dimensions);
    if (given) {
      TORCH_CHECK(!is_training(), "is folded, and can't be trained");
      return input;
    }
    if (!is_training()) {
      return Normalize(input, running_mean, running_var, options.momentum);
    }
    if (all_reduce) return Synchronised(input);
    TORCH_CHECK(input.numel() != channels,
                "input must have more than one value a channel in training,"
                " got ",
                input.sizes());
    if (!Tracks()) return Normalize(input, {}, {}, 0);
    batches.add_(1);
    return Normalize(input, running_mean, running_var,
                     ShareOfNew(options.momentum));
  }

  at::Tensor Normalize(const at::Tensor& input, const at::Tensor& mean,
                       const at::Tensor& var, double share) const {
    const bool of_batch = is_training() || !mean.defined();
    return at::batch_norm(input, weight, bias, mean, var, of_batch, share,
                          options.eps, kCudnn);
  }

  at::Tensor Synchronised(const at::Tensor& input) {
    const BatchStatistics batch = StatisticsOf(input, all_reduce);
    if (Tracks()) {
      const c10::NoGradGuard no_gradients;
      const double share = ShareOfNew(options.momentum);
      batches.add_(1);
      running_mean.lerp_(batch.mean.to(running_mean.scalar_type()), share);
      running_var.lerp_(Unbiased(batch).to(running_var.scalar_type()), share);
    }
    return Normalised(input, weight, bias, batch, options.eps, all_reduce);
  }

  bool HasChannelMap() const override {
    return running_mean.defined() && !given;
  }
  ChannelMap GiveChannelMap() override {
    const c10::NoGradGuard no_gradients;
    given = true;
    ChannelMap map;
    map.scale = (running_var.to(at::kDouble) + options.eps).rsqrt();
    if (weight.defined()) map.scale = map.scale * weight.to(at::kDouble);
    map.shift = -running_mean.to(at::kDouble) * map.scale;
    if (bias.defined()) map.shift = map.shift + bias.to(at::kDouble);
    return map;
  }

  // Whether the call at hand changes running statistics.
  bool Tracks() const { return running_mean.defined() && Counts(); }

  void Forget() override {
    if (!running_mean.defined()) return;
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
  AllReduce all_reduce;                  // empty: of one process alone
  at::Tensor weight, bias;               // [C], or undefined
  at::Tensor running_mean, running_var;  // [C], or undefined
  at::Tensor batches;                    // int64 [], or undefined
  bool given = false;                    // GiveChannelMap was called
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

int64_t SynchroniseBatchNorms(Block& root, const AllReduce& all_reduce) {
  int64_t found = 0;
  for (const auto& part : root.modules()) {
    auto* norm = dynamic_cast<BatchNorm*>(part.get());
    if (norm == nullptr) continue;
    norm->all_reduce = all_reduce;
    ++found;
  }
  return found;
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
