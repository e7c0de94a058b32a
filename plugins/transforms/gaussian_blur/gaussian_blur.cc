#include <algorithm>

#include "framework/augment/edit.h"
#include "framework/augment/neighbours.h"
#include "framework/core/option_checks.h"
#include "framework/core/transform.h"
#include "plugins/transforms/gaussian_blur/gaussian_blur.pb.h"

namespace toque {
namespace {

// Draws the standard deviation, 0 for an example that is left as it is.
class GaussianBlur : public ImageTransform<double> {
 public:
  explicit GaussianBlur(const recipe::GaussianBlur& options)
      : options_(options) {}

  double Draw(const Image&, Rng& rng) const override {
    if (!rng.Chance(options_.probability())) return 0;
    return rng.Uniform(options_.sigma_min(), options_.sigma_max());
  }

  absl::Status Change(Image& image, double sigma) const override {
    const int64_t kernel_size = options_.kernel_size();
    if (std::min(image.height(), image.width()) <= kernel_size / 2) {
      return Invalid(
          absl::StrCat("with a kernel_size of ", kernel_size,
                       " the image must be at least ", kernel_size / 2 + 1,
                       " x ", kernel_size / 2 + 1),
          absl::StrCat(image.height(), " x ", image.width()));
    }
    if (sigma == 0) return absl::OkStatus();
    return Redraw(image,
                  [&](const EditablePixels& in, const EditablePixels& out) {
                    Blur(in, kernel_size, sigma, out);
                  });
  }

 private:
  const recipe::GaussianBlur options_;
};

Made<Transform> MakeGaussianBlur(const recipe::GaussianBlur& options) {
  RETURN_IF_ERROR(Given("kernel_size", options.has_kernel_size()));
  RETURN_IF_ERROR(Together({
      Between("kernel_size", options.kernel_size(), 1, 255),
      Above("sigma_min", options.sigma_min(), 0),
      AtLeast("sigma_max", options.sigma_max(), options.sigma_min()),
      Between("probability", options.probability(), 0, 1),
  }));
  if (options.kernel_size() % 2 == 0) {
    return Invalid("kernel_size must be odd", options.kernel_size());
  }
  return std::make_unique<GaussianBlur>(options);
}

TOQUE_PLUGIN(MakeGaussianBlur);

}  // namespace
}  // namespace toque
