#include "ATen/ops/isfinite.h"
#include "ATen/ops/isnan.h"
#include "ATen/ops/stack.h"
#include "framework/core/hook.h"
#include "framework/layers/block.h"
#include "plugins/hooks/nan_trace/nan_trace.pb.h"

namespace toque {
namespace {

using Options = recipe::NanTrace;

// A tensor that may not be finite, in the order of computation.
struct Seen {
  std::string what;  // "the output of layer1.0 (Relu)"
  at::Tensor values;
  bool of_examples = false;  // the first dimension is the batch's
};
using AllSeen = std::vector<Seen>;

// The first that is not finite, or null; one read for all.
const Seen* FirstBroken(const AllSeen& seen) {
  std::vector<at::Tensor> finite;
  for (const Seen& one : seen) {
    finite.push_back(at::isfinite(one.values).all());
  }
  if (finite.empty()) return nullptr;
  const at::Tensor read = at::stack(finite).to(at::kCPU);
  for (size_t i = 0; i < seen.size(); ++i) {
    if (!read.const_data_ptr<bool>()[i]) return &seen[i];
  }
  return nullptr;
}

// ", first at example 17": where the values are of the batch's examples.
std::string ExampleText(const Seen& seen, const Batch& batch) {
  const at::Tensor& values = seen.values;
  if (!seen.of_examples || values.dim() == 0 || batch.size() == 0) return "";
  if (values.size(0) != batch.size() * batch.views) return "";
  const at::Tensor rows =
      at::isfinite(values).reshape({values.size(0), -1}).all(1).logical_not();
  const auto row = rows.to(at::kInt).argmax().item<int64_t>();
  return absl::StrCat(", first at example ",
                      batch.index[static_cast<size_t>(row / batch.views)]);
}

absl::Status Fault(const Seen& seen, const Batch& batch) {
  const int64_t nans = at::isnan(seen.values).sum().item<int64_t>();
  const int64_t finite = at::isfinite(seen.values).sum().item<int64_t>();
  const int64_t all = seen.values.numel();
  return Invalid(
      absl::StrCat(seen.what, " must be finite"),
      absl::StrCat(nans, " NaN and ", all - finite - nans, " infinite of ", all,
                   " values", ExampleText(seen, batch)));
}

class NanTrace : public Hook, public Observer {
 public:
  explicit NanTrace(const Options& options) : options_(options) {}

  Observer* Observes(const Run& run) override {
    outputs_.clear();
    gradients_ = std::make_shared<AllSeen>();
    looks_ = run.phase == Phase::kTrain &&
             run.progress.step % options_.every_steps() == 0;
    return looks_ ? this : nullptr;
  }

  void Called(std::string_view path, const Block& block, const at::Tensor&,
              const at::Tensor& output) override {
    if (!output.is_floating_point()) return;
    const std::string what =
        absl::StrCat("the output of ", path.empty() ? "the model" : View(path),
                     " (", block.Describe(), ")");
    outputs_.push_back({what, output.detach(), /*of_examples=*/true});
    if (options_.watch() == Options::OUTPUTS || !output.requires_grad()) return;
    output.register_hook([all = gradients_, what](const at::Tensor& gradient) {
      all->push_back({"the gradient of " + what, gradient.detach(),
                      /*of_examples=*/true});
    });
  }

  absl::Status AfterForward(Run& run) override {
    if (!looks_ || run.phase != Phase::kTrain) return absl::OkStatus();
    outputs_.push_back({"the loss", run.loss.detach()});
    return Check(std::exchange(outputs_, {}), run.batch);
  }

  absl::Status AfterBackward(Run& run) override {
    const bool wanted = looks_ && options_.watch() == Options::ALL;
    if (!wanted) return absl::OkStatus();
    AllSeen seen = std::exchange(*gradients_, {});
    for (const Group& group : run.groups) {
      for (const auto& [name, parameter] : group.parameters) {
        if (!parameter.grad().defined()) continue;
        seen.push_back({"the gradient of " + name, parameter.grad()});
      }
    }
    return Check(seen, run.batch);
  }

 private:
  static absl::Status Check(const AllSeen& seen, const Batch& batch) {
    const Seen* broken = FirstBroken(seen);
    return broken == nullptr ? absl::OkStatus() : Fault(*broken, batch);
  }

  const Options options_;
  bool looks_ = false;
  AllSeen outputs_;
  // Shared with autograd, which fills it.
  std::shared_ptr<AllSeen> gradients_ = std::make_shared<AllSeen>();
};

Made<Hook> MakeNanTrace(const Options& options) {
  RETURN_IF_ERROR(AtLeast("every_steps", options.every_steps(), 1));
  return std::make_unique<NanTrace>(options);
}

TOQUE_PLUGIN(MakeNanTrace);

}  // namespace
}  // namespace toque
