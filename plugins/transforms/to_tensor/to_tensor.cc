#include "framework/core/option_checks.h"
#include "framework/core/transform.h"
#include "plugins/transforms/to_tensor/to_tensor.pb.h"

namespace toque {
namespace {

struct ToTensor : Transform {
  absl::Status Apply(Example& example, Rng&) const override {
    if (example.has_images()) return absl::OkStatus();
    at::Tensor& values = example.values;
    if (values.dim() != 2 && values.dim() != 3) {
      return Invalid(
          "values must have 2 or 3 dimensions, [height, width] or [height, "
          "width, channels]",
          values.dim());
    }
    const at::Tensor planes =
        values.dim() == 2 ? values.unsqueeze(0) : values.permute({2, 0, 1});
    // Not in place: the values may be the data set's own.
    values = planes.scalar_type() == at::kByte
                 ? planes.to(at::kFloat).contiguous().div_(255)
                 : planes.contiguous();
    return absl::OkStatus();
  }
};

Made<Transform> MakeToTensor(const recipe::ToTensor&) {
  return std::make_unique<ToTensor>();
}

TOQUE_PLUGIN(MakeToTensor);

}  // namespace
}  // namespace toque
