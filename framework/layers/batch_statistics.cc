#include "framework/layers/batch_statistics.h"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "ATen/ops/cat.h"
#include "ATen/ops/ones.h"
#include "ATen/ops/stack.h"
#include "ATen/ops/var_mean.h"
#include "ATen/ops/zeros.h"
#include "c10/core/GradMode.h"
#include "torch/csrc/autograd/custom_function.h"

namespace toque {
namespace {

using torch::autograd::AutogradContext;
using Tensors = torch::autograd::variable_list;

// Sums of half-precision values are made in float.
at::Tensor InSumType(const at::Tensor& tensor) {
  const bool wide = tensor.scalar_type() == at::kDouble;
  return tensor.to(wide ? at::kDouble : at::kFloat);
}

// All dimensions but that of the channels.
std::vector<int64_t> AllButChannels(const at::Tensor& input) {
  std::vector<int64_t> dimensions = {0};
  for (int64_t i = 2; i < input.dim(); ++i) dimensions.push_back(i);
  return dimensions;
}

// [C] as [C, 1, ...], to go with `input`.
at::Tensor PerChannel(const at::Tensor& values, const at::Tensor& input) {
  std::vector<int64_t> shape(static_cast<size_t>(input.dim()) - 1, 1);
  shape[0] = -1;
  return values.view(shape);
}

// double [2 C + 1]: of each channel the sum of values and that of squares, and
// how many they are.
at::Tensor Sums(const at::Tensor& input, double count) {
  const auto type = input.options().dtype(at::kDouble);
  if (count == 0) return at::zeros(2 * input.size(1) + 1, type);
  // Rounding is that of mean and variance: double holds the squares exactly
  // enough that the mean's share may be taken off again.
  const auto [variance, mean] =
      at::var_mean(InSumType(input), AllButChannels(input), /*unbiased=*/false);
  const at::Tensor wide = mean.to(at::kDouble);
  return at::cat({wide, wide.square().add(variance), at::ones(1, type)})
      .mul(count);
}

// What the function needs in backward beside tensors.
struct Group : torch::CustomClassHolder {
  explicit Group(AllReduce all_reduce) : all_reduce(std::move(all_reduce)) {}
  AllReduce all_reduce;
};

struct Normalisation : torch::autograd::Function<Normalisation> {
  // `scale` is 1 / sqrt(variance + eps), of the type of `mean`.
  static at::Tensor forward(AutogradContext* context, const at::Tensor& input,
                            const std::optional<at::Tensor>& weight,
                            const std::optional<at::Tensor>& bias,
                            const at::Tensor& mean, const at::Tensor& scale,
                            const at::Tensor& count,
                            const c10::intrusive_ptr<Group>& group) {
    context->save_for_backward(
        {input, weight.value_or(at::Tensor()), mean, scale, count});
    context->saved_data["group"] = at::IValue::make_capsule(group);
    const at::Tensor gain = weight ? scale.mul(*weight) : scale;
    const at::Tensor less = mean.mul(gain);
    const at::Tensor shift = bias ? bias->sub(less) : less.neg();
    return input.mul(PerChannel(gain, input))
        .add_(PerChannel(shift, input))
        .to(input.scalar_type());
  }

  static Tensors backward(AutogradContext* context, const Tensors& outputs) {
    TORCH_CHECK(!at::GradMode::is_enabled(),
                "a synchronised batch norm has no second derivative");
    const Tensors saved = context->get_saved_variables();
    const at::Tensor& input = saved[0];
    const at::Tensor& weight = saved[1];
    const at::Tensor& scale = saved[3];
    const at::Tensor gradient = InSumType(outputs[0]);
    const at::Tensor deviation =
        InSumType(input).sub(PerChannel(saved[2], input));
    const auto dimensions = AllButChannels(input);
    at::Tensor sums = at::stack(
        {gradient.sum(dimensions), gradient.mul(deviation).sum(dimensions)});
    Tensors gradients(7);  // of the arguments of forward
    if (weight.defined()) {
      gradients[1] = sums[1].mul(scale).to(weight.scalar_type());
      gradients[2] = sums[0].to(weight.scalar_type(), /*non_blocking=*/false,
                                /*copy=*/true);
    }
    if (!context->needs_input_grad(0)) return gradients;
    const auto group = c10::static_intrusive_pointer_cast<Group>(
        context->saved_data.at("group").toCapsule());
    group->all_reduce(sums);
    const at::Tensor means = sums.div(saved[4].to(sums.scalar_type()));
    const at::Tensor slope = means[1].mul(scale).mul(scale);
    const at::Tensor gain = weight.defined() ? scale.mul(weight) : scale;
    gradients[0] = gradient.sub(PerChannel(means[0], input))
                       .sub_(deviation.mul(PerChannel(slope, input)))
                       .mul_(PerChannel(gain, input))
                       .to(input.scalar_type());
    return gradients;
  }
};

}  // namespace

BatchStatistics StatisticsOf(const at::Tensor& input,
                             const AllReduce& all_reduce) {
  const c10::NoGradGuard no_gradients;
  const int64_t channels = input.size(1);
  const int64_t count = channels == 0 ? 0 : input.numel() / channels;
  at::Tensor sums = Sums(input, static_cast<double>(count));
  all_reduce(sums);
  const at::Tensor total = sums[2 * channels];
  // More than one here is more than one in all, without a look at the device.
  TORCH_CHECK(count > 1 || total.item<double>() > 1,
              "input must have more than one value a channel in training, over"
              " all processes, got ",
              input.sizes());
  const at::Tensor mean = sums.slice(0, 0, channels).div(total);
  const at::Tensor variance = sums.slice(0, channels, 2 * channels)
                                  .div(total)
                                  .sub(mean.square())
                                  .clamp_min(0);
  const auto type =
      input.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
  return {mean.to(type), variance.to(type), total};
}

at::Tensor Unbiased(const BatchStatistics& statistics) {
  const at::Tensor& count = statistics.count;
  return statistics.variance.mul(count.div(count.sub(1)));
}

at::Tensor Normalised(const at::Tensor& input, const at::Tensor& weight,
                      const at::Tensor& bias, const BatchStatistics& statistics,
                      double eps, const AllReduce& all_reduce) {
  using Maybe = std::optional<at::Tensor>;
  const auto given = [](const at::Tensor& tensor) {
    return tensor.defined() ? Maybe(tensor) : std::nullopt;
  };
  return Normalisation::apply(
      input, given(weight), given(bias), statistics.mean,
      statistics.variance.add(eps).rsqrt(), statistics.count,
      c10::make_intrusive<Group>(all_reduce));
}

}  // namespace toque
