#include "tests/models/scores.h"

#include "ATen/core/grad_mode.h"
#include "ATen/ops/cat.h"
#include "framework/core/model_access.h"
#include "framework/loader/loader.h"
#include "framework/testing/testing.h"

namespace toque {

int64_t Scores::Hits(int64_t k) const {
  const at::Tensor best = std::get<1>(logits.topk(k, 1));
  return best.eq(labels.unsqueeze(1)).any(1).sum().item<int64_t>();
}

absl::StatusOr<Scores> ScoresOf(Model& model, const Plugin& dataset,
                                const std::vector<Plugin>& transforms) {
  const auto data = MakeOrDie<Dataset>(dataset.first, dataset.second);
  RETURN_IF_ERROR(data->Open(Context().WithDataFolder(DataFolder())));
  std::vector<std::unique_ptr<Transform>> made;
  LoaderOptions options;
  for (const auto& [name, text] : transforms) {
    made.push_back(MakeOrDie<Transform>(name, text));
    options.transforms.push_back(made.back().get());
  }
  options.dataset = data.get();
  options.end = data->size();
  options.batch_size = 100;
  options.training = false;
  ASSIGN_OR_RETURN(const auto loader, Loader::Start(options));

  const at::NoGradGuard no_grad;
  const ModeScope evaluation(model, /*training=*/false);
  std::vector<at::Tensor> logits, labels;
  Batch batch;
  for (int64_t i = 0; i < loader->batches_per_epoch(); ++i) {
    RETURN_IF_ERROR(loader->Next(&batch));
    logits.push_back(Predict(model, batch.input));
    labels.push_back(batch.target);
  }
  return Scores{at::cat(logits), at::cat(labels)};
}

}  // namespace toque
