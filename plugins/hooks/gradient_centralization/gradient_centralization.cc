#include <numeric>

#include "framework/core/hook.h"
#include "framework/shared/gradients.h"
#include "plugins/hooks/gradient_centralization/gradient_centralization.pb.h"

namespace toque {
namespace {

// gradient: [units, ...].
void Centralize(const at::Tensor& gradient) {
  at::DimVector axes(static_cast<size_t>(gradient.dim() - 1));
  std::iota(axes.begin(), axes.end(), 1);
  gradient.sub_(gradient.mean(axes, /*keepdim=*/true));
}

struct GradientCentralization : Hook {
  explicit GradientCentralization(int64_t least_axes)
      : least_axes(least_axes) {}

  absl::Status BeforeStep(Run& run) override {
    ForEachGradient(run, [this](const auto& /*name*/, const auto& gradient) {
      if (gradient.dim() >= least_axes) Centralize(gradient);
    });
    return absl::OkStatus();
  }

  int64_t least_axes;
};

Made<Hook> MakeGradientCentralization(
    const recipe::GradientCentralization& options) {
  const bool all = options.layers() == recipe::GradientCentralization::ALL;
  return std::make_unique<GradientCentralization>(all ? 2 : 3);
}

TOQUE_PLUGIN(MakeGradientCentralization);

}  // namespace
}  // namespace toque
