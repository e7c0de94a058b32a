#include "framework/shared/gradient_check.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "c10/core/GradMode.h"
#include "torch/csrc/autograd/autograd.h"

namespace toque {
namespace {

// An entry that may be changed: put back even where the value throws.
class Changed {
 public:
  explicit Changed(const at::Tensor& entry)
      : entry_(entry), before_(entry.item<double>()) {}
  ~Changed() { Move(0); }
  Changed(const Changed&) = delete;
  Changed& operator=(const Changed&) = delete;

  // To so much more than it was.
  void Move(double step) const { entry_.fill_(before_ + step); }

 private:
  const at::Tensor& entry_;
  const double before_;
};

class Comparison {
 public:
  Comparison(const std::function<at::Tensor()>& value, double tolerance)
      : value_(value), tolerance_(tolerance) {}

  // Of all `parameters`, undefined where the value doesn't depend on one.
  std::vector<at::Tensor> Analytic(const NamedTensors& parameters) {
    const c10::AutoGradMode gradients(true);
    std::vector<at::Tensor> tensors;
    for (const auto& [name, parameter] : parameters) {
      tensors.push_back(parameter);
    }
    const at::Tensor value = value_();
    scale_ = std::max(1.0, std::abs(value.item<double>()));
    return torch::autograd::grad({value}, tensors, /*grad_outputs=*/{},
                                 /*retain_graph=*/false,
                                 /*create_graph=*/false,
                                 /*allow_unused=*/true);
  }

  absl::Status Compare(const std::string& name, const at::Tensor& entry,
                       double analytic) {
    const c10::AutoGradMode no_gradients(false);
    ++report.entries;
    double numeric = 0;
    // At a kink, as of ReLU, one step may reach over it and another not.
    for (const double step : {1e-6, 1e-5, 1e-7}) {
      numeric = Numeric(entry, step);
      const double size = std::max(std::abs(numeric), std::abs(analytic));
      const double rounding = 1e-13 / step * scale_;
      const double difference = std::abs(numeric - analytic);
      // What is not finite is wrong however large its size.
      const bool right = std::isfinite(difference) &&
                         difference <= rounding + tolerance_ * size;
      if (!right) continue;
      report.greatest = std::max(report.greatest, difference);
      return absl::OkStatus();
    }
    return Invalid(
        absl::StrCat("the gradient of ", name,
                     " must be that of finite differences, ", numeric),
        analytic);
  }

  GradientReport report;

 private:
  double Numeric(const at::Tensor& entry, double step) const {
    const Changed changed(entry);
    changed.Move(step);
    const double above = value_().item<double>();
    changed.Move(-step);
    const double below = value_().item<double>();
    return (above - below) / (2 * step);
  }

  const std::function<at::Tensor()>& value_;
  const double tolerance_;
  double scale_ = 1;  // of the value, which rounding is relative to
};

}  // namespace

absl::StatusOr<GradientReport> CompareGradients(
    const std::function<at::Tensor()>& value, const NamedTensors& parameters,
    int64_t entries, double tolerance) {
  Comparison comparison(value, tolerance);
  const std::vector<at::Tensor> analytic = comparison.Analytic(parameters);
  for (size_t k = 0; k < parameters.size(); ++k) {
    const auto& [name, parameter] = parameters[k];
    const at::Tensor flat = parameter.detach().view({-1});
    const int64_t count = std::min(entries, flat.numel());
    for (int64_t i = 0; i < count; ++i) {
      const int64_t at = (2 * i + 1) * flat.numel() / (2 * count);
      const double gradient =
          analytic[k].defined() ? analytic[k].flatten()[at].item<double>() : 0;
      RETURN_IF_ERROR(comparison.Compare(absl::StrCat(name, "[", at, "]"),
                                         flat[at], gradient));
    }
  }
  return comparison.report;
}

}  // namespace toque
