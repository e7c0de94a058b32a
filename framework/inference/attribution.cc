#include "framework/inference/attribution.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "ATen/CPUGeneratorImpl.h"
#include "ATen/ops/randn.h"
#include "ATen/ops/relu.h"
#include "ATen/ops/upsample_bilinear2d.h"
#include "ATen/ops/zeros.h"
#include "c10/core/GradMode.h"
#include "framework/core/model.h"
#include "framework/core/model_access.h"
#include "torch/csrc/autograd/autograd.h"

namespace toque {
namespace {

void CheckPictures(const at::Tensor& input) {
  TORCH_CHECK(input.dim() == 4, "input must be pictures [N, C, H, W], got ",
              input.sizes());
}

// Of each row the value of its class.
at::Tensor Chosen(const at::Tensor& logits, const at::Tensor& classes) {
  TORCH_CHECK(logits.dim() == 2,
              "the model must give logits [N, classes], got ", logits.sizes());
  const at::Tensor rows = classes.to(logits.device()).unsqueeze(1);
  return logits.gather(1, rows).squeeze(1);
}

// Where squares of `side` begin on a line of `length`, the last at its end.
std::vector<int64_t> Starts(int64_t length, int64_t side, int64_t stride) {
  std::vector<int64_t> starts;
  const int64_t last = std::max<int64_t>(length - side, 0);
  for (int64_t start = 0; start < last; start += stride) {
    starts.push_back(start);
  }
  starts.push_back(last);
  return starts;
}

class MapFinder : public Observer {
 public:
  void Called(std::string_view path, const Block&, const at::Tensor&,
              const at::Tensor& output) override {
    if (path.empty() || output.dim() != 4) return;
    if (output.size(2) * output.size(3) > 1) last = path;
  }

  std::string last;
};

}  // namespace

Score ClassScore(std::shared_ptr<Model> model, const at::Tensor& classes) {
  return [model = std::move(model), classes](const at::Tensor& input) {
    const ModeScope evaluation(*model, /*training=*/false);
    ResetState(*model);
    return Chosen(Predict(*model, input), classes);
  };
}

at::Tensor Gradient(const Score& score, const at::Tensor& input) {
  const c10::AutoGradMode gradients(true);
  const at::Tensor leaf = input.detach().requires_grad_();
  return torch::autograd::grad({score(leaf).sum()}, {leaf})[0];
}

at::Tensor Saliency(const Score& score, const at::Tensor& input) {
  CheckPictures(input);
  return Gradient(score, input).abs().amax(1);
}

at::Tensor SmoothGrad(const Score& score, const at::Tensor& input,
                      const SmoothGradOptions& options) {
  CheckPictures(input);
  TORCH_CHECK(options.samples >= 1, "samples must be at least 1, got ",
              options.samples);
  const at::Tensor range =
      input.amax({1, 2, 3}, true) - input.amin({1, 2, 3}, true);
  const at::Generator generator = at::detail::createCPUGenerator(options.seed);
  at::Tensor sum;
  for (int64_t i = 0; i < options.samples; ++i) {
    const at::Tensor noise =
        at::randn(input.sizes(), generator).to(input.options());
    const at::Tensor map =
        Saliency(score, input + noise * range * options.noise);
    sum = sum.defined() ? sum + map : map;
  }
  return sum / static_cast<double>(options.samples);
}

at::Tensor IntegratedGradients(const Score& score, const at::Tensor& input,
                               const at::Tensor& baseline, int64_t steps) {
  TORCH_CHECK(steps >= 1, "steps must be at least 1, got ", steps);
  const at::Tensor way = input - baseline;
  at::Tensor sum;
  for (int64_t i = 0; i < steps; ++i) {
    const double share =
        (static_cast<double>(i) + 0.5) / static_cast<double>(steps);
    const at::Tensor gradient = Gradient(score, baseline + way * share);
    sum = sum.defined() ? sum + gradient : gradient;
  }
  return way * (sum / static_cast<double>(steps));
}

at::Tensor Occlusion(const Score& score, const at::Tensor& input,
                     const OcclusionOptions& options) {
  CheckPictures(input);
  TORCH_CHECK(options.stride >= 1 && options.stride <= options.side,
              "stride must be in 1 to side, ", options.side, ", got ",
              options.stride);
  const c10::AutoGradMode no_gradients(false);
  const at::Tensor before = score(input);
  at::Tensor falls =
      at::zeros({input.size(0), input.size(2), input.size(3)}, input.options());
  at::Tensor covers =
      at::zeros({input.size(2), input.size(3)}, input.options());
  for (const int64_t top :
       Starts(input.size(2), options.side, options.stride)) {
    for (const int64_t left :
         Starts(input.size(3), options.side, options.stride)) {
      const auto square = [&](const at::Tensor& of) {
        return of.slice(-2, top, top + options.side)
            .slice(-1, left, left + options.side);
      };
      const at::Tensor covered = input.clone();
      square(covered).fill_(options.value);
      square(falls).add_((before - score(covered)).view({-1, 1, 1}));
      square(covers).add_(1);
    }
  }
  return falls / covers;
}

at::Tensor GradCam(Model& model, const at::Tensor& input,
                   const at::Tensor& classes, const std::string& part) {
  CheckPictures(input);
  const c10::AutoGradMode gradients(true);
  const ModeScope evaluation(model, /*training=*/false);
  ResetState(model);
  std::map<std::string, at::Tensor> taps;
  // Parts give gradients even where all parameters are frozen.
  const at::Tensor leaf = input.detach().requires_grad_();
  const at::Tensor logits = Predict(model, leaf, {part}, &taps);
  const at::Tensor& maps = taps.at(part);
  TORCH_CHECK(maps.dim() == 4, "the part \"", part,
              "\" must make feature maps [N, C, h, w], got ", maps.sizes());
  const at::Tensor gradient =
      torch::autograd::grad({Chosen(logits, classes).sum()}, {maps})[0];
  const at::Tensor weights = gradient.mean({2, 3}, /*keepdim=*/true);
  const at::Tensor cam = (weights * maps).sum(1, /*keepdim=*/true).relu();
  return at::upsample_bilinear2d(cam.detach(), input.sizes().slice(2),
                                 /*align_corners=*/false)
      .squeeze(1);
}

absl::StatusOr<std::string> LastFeatureMaps(Model& model,
                                            const at::Tensor& input) {
  const c10::AutoGradMode no_gradients(false);
  const ModeScope evaluation(model, /*training=*/false);
  MapFinder finder;
  const ObserverScope scope(&finder);
  model(input);
  if (!finder.last.empty()) return finder.last;
  return Invalid("the model must have a part that makes feature maps");
}

}  // namespace toque
