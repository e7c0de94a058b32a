// Which pixels a prediction hangs on (recipe R98).
//
// Inputs are [N, C, H, W]; what is explained are the scores of N inputs, each
// by itself.

#ifndef TOQUE_FRAMEWORK_INFERENCE_ATTRIBUTION_H_
#define TOQUE_FRAMEWORK_INFERENCE_ATTRIBUTION_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "ATen/core/Tensor.h"
#include "framework/status.h"

namespace toque {

class Model;

// A differentiable score [N] of inputs [N, ...].
using Score = std::function<at::Tensor(const at::Tensor& input)>;

// The logit of each input's class, of int64 `classes` [N], in evaluation mode.
Score ClassScore(std::shared_ptr<Model> model, const at::Tensor& classes);

// The gradient of the score, of the input's shape.
at::Tensor Gradient(const Score& score, const at::Tensor& input);

// The absolute gradient, the greatest of the channels: [N, H, W] (Simonyan et
// al., 2013).
at::Tensor Saliency(const Score& score, const at::Tensor& input);

// Saliency, averaged over `samples` noisy inputs (Smilkov et al., 2017). The
// noise is normal, its deviation `noise` times the input's range. Throws unless
// there is at least 1 sample.
struct SmoothGradOptions {
  int64_t samples = 25;
  double noise = 0.15;
  uint64_t seed = 0;
};
at::Tensor SmoothGrad(const Score& score, const at::Tensor& input,
                      const SmoothGradOptions& options);

// (input - baseline) times the gradient averaged over the middles of `steps`
// equal parts of the straight line between them (Sundararajan et al., 2017):
// of the input's shape. Its sum over an example tends to score(input) -
// score(baseline) with more steps, and is equal to it where the score is
// linear. A baseline of one example serves all. Throws unless there is at least
// 1 step.
at::Tensor IntegratedGradients(const Score& score, const at::Tensor& input,
                               const at::Tensor& baseline, int64_t steps);

// How much the score falls when a square is covered with `value`: for each
// pixel the mean over the squares that cover it (Zeiler and Fergus, 2014): [N,
// H, W]. Squares of `side` pixels stand `stride` apart, the last at the edge.
// Throws where the stride isn't in 1 to `side`, which would leave pixels out.
struct OcclusionOptions {
  int64_t side = 32;
  int64_t stride = 16;
  double value = 0;
};
at::Tensor Occlusion(const Score& score, const at::Tensor& input,
                     const OcclusionOptions& options);

// The part's feature maps, each weighted by the mean gradient of the class's
// logit, added up, cut at 0 and enlarged to the input: [N, H, W] (Selvaraju et
// al., 2016). Throws where the part's output is not [N, C, h, w].
at::Tensor GradCam(Model& model, const at::Tensor& input,
                   const at::Tensor& classes, const std::string& part);

// The path of the last part that makes feature maps [N, C, h, w] of more than
// one pixel: what Grad-CAM usually looks at. An error where none does.
absl::StatusOr<std::string> LastFeatureMaps(Model& model,
                                            const at::Tensor& input);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_INFERENCE_ATTRIBUTION_H_
