#include <utility>

#include "ATen/ops/kl_div.h"
#include "c10/core/GradMode.h"
#include "framework/core/check_shape.h"
#include "framework/core/loss.h"
#include "framework/core/model_access.h"
#include "framework/shared/soft_target.h"
#include "framework/weights/model_weights.h"
#include "plugins/losses/distillation/distillation.pb.h"

namespace toque {
namespace {

class Distillation : public Loss {
 public:
  Distillation(const recipe::Distillation& options,
               std::shared_ptr<Model> teacher)
      : options_(options), teacher_(std::move(teacher)) {
    SetTraining(*teacher_, false);
  }

  absl::Status Open(const Context& context) override {
    return LoadWeights(context.DataPath(options_.checkpoint()), *teacher_);
  }

  at::Tensor Compute(const Prediction& prediction,
                     const Batch& batch) override {
    const at::Tensor& output = prediction.output;
    TORCH_CHECK(output.dim() >= 2, "output must have shape [N, C, ...], got ",
                output.sizes());
    const at::Tensor soft = Divergence(output, Answer(batch.input, output));
    if (options_.alpha() == 0) return soft;
    const at::Tensor hard =
        CrossEntropyOf(output, batch.target, {}, at::Reduction::Mean);
    return hard.mul(options_.alpha()).add(soft, 1 - options_.alpha());
  }

  bool TakesSoftTarget() const override { return true; }

 private:
  // The teacher's scores, computed on the output's device and in its type: in
  // default_dtype, whatever `precision` the model computes in.
  at::Tensor Answer(const at::Tensor& input, const at::Tensor& output) {
    const c10::NoGradGuard no_gradients;
    if (output.device() != device_ || output.scalar_type() != type_) {
      device_ = output.device();
      type_ = output.scalar_type();
      MoveTo(*teacher_, device_, type_);
    }
    ResetState(*teacher_);
    return Predict(*teacher_, input);
  }

  // T^2 KL of the teacher's distribution and that of the output, the mean over
  // rows.
  at::Tensor Divergence(const at::Tensor& output,
                        const at::Tensor& answer) const {
    CHECK_SAME_SHAPE(output, answer);
    const double temperature = options_.temperature();
    const auto soft = [&](const at::Tensor& scores) {
      return scores.div(temperature).log_softmax(1);
    };
    const auto rows = static_cast<double>(output.numel() / output.size(1));
    return at::kl_div(soft(output), soft(answer), at::Reduction::Sum,
                      /*log_target=*/true)
        .mul(temperature * temperature / rows);
  }

  const recipe::Distillation options_;
  const std::shared_ptr<Model> teacher_;
  // Where and what the teacher was moved to.
  at::Device device_ = at::kCPU;
  at::ScalarType type_ = at::ScalarType::Undefined;
};

Made<Loss> MakeDistillation(const recipe::Distillation& options,
                            const Context& context) {
  RETURN_IF_ERROR(Together({Given("teacher", options.has_teacher()),
                            Given("checkpoint", options.has_checkpoint()),
                            Above("temperature", options.temperature(), 0),
                            Between("alpha", options.alpha(), 0, 1)}));
  ASSIGN_OR_RETURN(auto teacher,
                   Build<Model>(options.teacher(), context.At("teacher")));
  return std::make_unique<Distillation>(options, std::move(teacher));
}

TOQUE_PLUGIN(MakeDistillation);

}  // namespace
}  // namespace toque
