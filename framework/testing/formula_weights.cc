#include "framework/testing/formula_weights.h"

#include <cmath>
#include <string>

#include "ATen/ops/arange.h"
#include "framework/core/model.h"

namespace toque {
namespace {

// Maps u, even in [0, 1), to scale * u + start.
struct Line {
  double scale;
  double start;
};

Line LineOf(const std::string& name, const at::Tensor& tensor) {
  if (tensor.dim() >= 2) {
    const auto inputs = static_cast<double>(tensor.numel() / tensor.size(0));
    const double bound = std::sqrt(6 / inputs) / std::sqrt(2.0);
    return {2 * bound, -bound};
  }
  const std::string last = name.substr(name.rfind('.') + 1);
  const bool scale = last == "weight" || last == "running_var";
  if (scale && tensor.dim() == 1) return {1, 0.5};
  return {0.2, -0.1};
}

// Entry k of the state dict.
void Fill(size_t k, const std::string& name, const at::Tensor& tensor) {
  TORCH_CHECK(tensor.is_contiguous(), name, " must be contiguous");
  const Line line = LineOf(name, tensor);
  const double offset = static_cast<double>(k + 1) * 0.7548776662466927;
  float* out = tensor.mutable_data_ptr<float>();
  for (int64_t i = 0; i < tensor.numel(); ++i) {
    double u = static_cast<double>(i + 1) * 0.6180339887498949 + offset;
    u -= static_cast<double>(static_cast<int64_t>(u));
    out[i] = static_cast<float>(line.scale * u + line.start);
  }
}

}  // namespace

NamedTensors StateDict(const Model& model) {
  NamedTensors state;
  for (const auto& part : model.named_modules()) {
    const std::string prefix = part.key().empty() ? "" : part.key() + ".";
    const auto parameters = part.value()->named_parameters(/*recurse=*/false);
    const auto buffers = part.value()->named_buffers(/*recurse=*/false);
    for (const auto& own : {parameters, buffers}) {
      for (const auto& tensor : own) {
        if (!tensor.value().defined()) continue;
        state.emplace_back(prefix + tensor.key(), tensor.value());
      }
    }
  }
  return state;
}

void FillByFormula(const Model& model) {
  size_t k = 0;
  for (const auto& [name, tensor] : StateDict(model)) {
    if (name.ends_with("num_batches_tracked")) continue;
    Fill(k++, name, tensor);
  }
}

at::Tensor Sines(at::IntArrayRef shape) {
  const int64_t count = c10::multiply_integers(shape);
  return at::arange(count, at::kDouble).sin().to(at::kFloat).reshape(shape);
}

}  // namespace toque
