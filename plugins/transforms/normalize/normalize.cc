#include <cmath>

#include "ATen/ops/scalar_tensor.h"
#include "ATen/ops/tensor.h"
#include "framework/core/option_checks.h"
#include "framework/core/transform.h"
#include "plugins/transforms/normalize/normalize.pb.h"

namespace toque {
namespace {

struct Normalize : Transform {
  explicit Normalize(const recipe::Normalize& options)
      : mean(options.mean().begin(), options.mean().end()),
        std(options.std().begin(), options.std().end()) {}

  absl::Status Apply(Example& example, Rng&) const override {
    if (!example.has_images()) return Change(example.values);
    for (auto& view : example.images) {
      for (Image& image : view) RETURN_IF_ERROR(image.Normalize(mean, std));
    }
    return absl::OkStatus();
  }

  // Not in place: the values may be the data set's own.
  absl::Status Change(at::Tensor& values) const {
    const int64_t channels = values.dim() == 0 ? 1 : values.size(0);
    for (const auto* numbers : {&mean, &std}) {
      const auto count = static_cast<int64_t>(numbers->size());
      if (count != 1 && count != channels) {
        return Invalid(absl::StrCat("mean and std must have 1 or ", channels,
                                    " values, as the first dimension"),
                       count);
      }
    }
    values = values.sub(PerChannel(mean, values.dim()))
                 .div_(PerChannel(std, values.dim()));
    return absl::OkStatus();
  }

  // numbers: [C] as [C, 1, 1, ...], or [].
  static at::Tensor PerChannel(const std::vector<float>& numbers, int64_t dim) {
    if (numbers.size() == 1) return at::scalar_tensor(numbers[0]);
    std::vector<int64_t> shape(static_cast<size_t>(dim), 1);
    shape[0] = -1;
    return at::tensor(numbers).view(shape);
  }

  std::vector<float> mean;
  std::vector<float> std;
};

Made<Transform> MakeNormalize(const recipe::Normalize& options) {
  RETURN_IF_ERROR(Together({Given("mean", options.mean_size() > 0),
                            Given("std", options.std_size() > 0)}));
  for (const float mean : options.mean()) {
    if (!std::isfinite(mean)) return Invalid("mean must be finite", mean);
  }
  for (const float std : options.std()) {
    RETURN_IF_ERROR(Above("std", std, 0));
  }
  return std::make_unique<Normalize>(options);
}

TOQUE_PLUGIN(MakeNormalize);

}  // namespace
}  // namespace toque
