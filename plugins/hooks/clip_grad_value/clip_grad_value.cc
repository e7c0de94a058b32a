#include "framework/core/hook.h"
#include "framework/shared/gradients.h"
#include "plugins/hooks/clip_grad_value/clip_grad_value.pb.h"

namespace toque {
namespace {

struct ClipGradValue : Hook {
  explicit ClipGradValue(double max_value) : max_value(max_value) {}

  absl::Status BeforeStep(Run& run) override {
    ForEachGradient(run, [this](const auto& /*name*/, const auto& gradient) {
      gradient.clamp_(-max_value, max_value);
    });
    return absl::OkStatus();
  }

  double max_value;
};

Made<Hook> MakeClipGradValue(const recipe::ClipGradValue& options) {
  RETURN_IF_ERROR(Given("max_value", options.has_max_value()));
  RETURN_IF_ERROR(Above("max_value", options.max_value(), 0));
  return std::make_unique<ClipGradValue>(options.max_value());
}

TOQUE_PLUGIN(MakeClipGradValue);

}  // namespace
}  // namespace toque
