#include "framework/layers/initial.h"

#include <cmath>
#include <utility>

#include "ATen/core/grad_mode.h"

namespace toque {
namespace {

thread_local bool wanted = true;

// Python's gain / sqrt(fan), in its steps.
double Deviation(const at::Tensor& weight, Fan fan) {
  const auto units = weight.size(fan == Fan::kIn ? 0 : 1);
  const auto connections = static_cast<double>(weight.numel() / units);
  return std::sqrt(2.0) / std::sqrt(connections);
}

// The share of a standard normal distribution below `x`.
double NormalShare(double x) { return (1 + std::erf(x / std::sqrt(2.0))) / 2; }

}  // namespace

void SetKaimingNormal(const at::Tensor& weight, Fan fan) {
  SetNormal(weight, Deviation(weight, fan));
}

void SetKaimingUniform(const at::Tensor& weight, Fan fan) {
  SetUniform(weight, std::sqrt(3.0) * Deviation(weight, fan));
}

void SetNormal(const at::Tensor& weight, double deviation) {
  if (!wanted) return;
  const at::NoGradGuard no_grad;
  weight.normal_(0, deviation);
}

void SetTruncatedNormal(const at::Tensor& weight, double deviation) {
  if (!wanted) return;
  const at::NoGradGuard no_grad;
  const double low = NormalShare(-2 / deviation);
  const double high = NormalShare(2 / deviation);
  weight.uniform_(2 * low - 1, 2 * high - 1);
  weight.erfinv_().mul_(deviation * std::sqrt(2.0)).clamp_(-2, 2);
}

void SetUniform(const at::Tensor& weight, double bound) {
  if (!wanted) return;
  const at::NoGradGuard no_grad;
  weight.uniform_(-bound, bound);
}

void SetConstant(const at::Tensor& tensor, double value) {
  if (!wanted || !tensor.defined()) return;
  const at::NoGradGuard no_grad;
  tensor.fill_(value);
}

void SetEach(const Block& block,
             const std::function<void(Block::Kind, const at::Tensor&,
                                      const at::Tensor&)>& set) {
  for (const auto& part : block.modules(/*include_self=*/false)) {
    const auto* layer = dynamic_cast<const Block*>(part.get());
    if (layer == nullptr || layer->kind() == Block::Kind::kOther) continue;
    const auto own = layer->named_parameters(/*recurse=*/false);
    const at::Tensor* weight = own.find("weight");
    const at::Tensor* bias = own.find("bias");
    if (weight != nullptr)
      set(layer->kind(), *weight, bias ? *bias : at::Tensor());
  }
}

WithoutInitialValues::WithoutInitialValues()
    : before_(std::exchange(wanted, false)) {}
WithoutInitialValues::~WithoutInitialValues() { wanted = before_; }

bool InitialValuesWanted() { return wanted; }

}  // namespace toque
