#include <utility>

#include "framework/core/loss.h"
#include "framework/core/metric.h"
#include "framework/shared/watched_metric.h"
#include "plugins/hooks/mean_loss/mean_loss.pb.h"

namespace toque {
namespace {

class MeanLoss : public MeanMetric {
 public:
  MeanLoss(std::string name, std::unique_ptr<Loss> loss, Context context)
      : MeanMetric(std::move(name)),
        loss_(std::move(loss)),
        context_(std::move(context)) {}

  // What is missing should be known before the first step.
  absl::Status BeforeTraining(Run&) override { return Open(); }
  // An evaluation alone begins here.
  absl::Status AfterForward(Run& run) override {
    RETURN_IF_ERROR(Open());
    return MeanMetric::AfterForward(run);
  }
  bool TakesSoftTarget() const override { return loss_->TakesSoftTarget(); }

 protected:
  at::Tensor Values(const Prediction& prediction,
                    const Batch& batch) const override {
    return loss_->Compute(prediction, batch).expand({batch.size()});
  }

 private:
  absl::Status Open() {
    if (std::exchange(opened_, true)) return absl::OkStatus();
    return AtPlace(loss_->Open(context_), "loss");
  }

  std::unique_ptr<Loss> loss_;
  bool opened_ = false;
  Context context_;
};

Made<Hook> MakeMeanLoss(const recipe::MeanLoss& options,
                        const Context& context) {
  RETURN_IF_ERROR(Together({Given("loss", options.has_loss()),
                            Given("name", !options.name().empty())}));
  RETURN_IF_ERROR(CheckName(options.name()));
  const Context place = context.At("loss");
  ASSIGN_OR_RETURN(auto loss, Build<Loss>(options.loss(), place));
  if (!loss->Parameters().empty() || !loss->Taps().empty()) {
    return Invalid(
        "loss must have no parameters and look at the model's output alone",
        View(PluginName(options.loss())));
  }
  return std::make_unique<MeanLoss>(options.name(), std::move(loss), place);
}

TOQUE_PLUGIN(MakeMeanLoss);

}  // namespace
}  // namespace toque
