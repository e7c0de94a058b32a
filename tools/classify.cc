#include "tools/classify.h"

#include <algorithm>
#include <utility>

#include "ATen/core/Tensor.h"
#include "c10/core/GradMode.h"
#include "framework/core/model_access.h"
#include "nlohmann/json.hpp"
#include "tools/picture_files.h"
#include "tools/whole_examples.h"

namespace toque {
namespace {

// [N, classes], of which each row adds up to 1.
at::Tensor Probabilities(const at::Tensor& logits, int64_t views,
                         Section::Average average) {
  TORCH_CHECK(logits.dim() == 2,
              "the model must give scores of classes [N, C], got ",
              logits.sizes());
  const at::Tensor of_views =
      logits.to(at::kCPU, at::kDouble).unflatten(0, {-1, views});
  return average == Section::LOGITS ? of_views.mean(1).softmax(1)
                                    : of_views.softmax(2).mean(1);
}

std::vector<Guess> Likeliest(const at::Tensor& probabilities, int64_t top) {
  const auto [values, labels] =
      probabilities.topk(std::min(top, probabilities.size(0)));
  std::vector<Guess> guesses;
  for (int64_t i = 0; i < values.size(0); ++i) {
    guesses.push_back({labels[i].item<int64_t>(), values[i].item<double>()});
  }
  return guesses;
}

}  // namespace

absl::StatusOr<std::vector<Classified>> Classify(const TrainedModel& trained,
                                                 const Dataset& dataset,
                                                 int64_t top) {
  const c10::AutoGradMode no_gradients(false);
  ASSIGN_OR_RETURN(const LoaderOptions options,
                   trained.LoaderOf(dataset, 0, dataset.size()));
  ASSIGN_OR_RETURN(WholeExamples examples, WholeExamples::Start(options));
  std::vector<Classified> classified;
  Batch batch;
  for (int64_t i = 0; i < dataset.size(); i += options.batch_size) {
    RETURN_IF_ERROR(examples.Next(&batch));
    if (batch.size() == 0) continue;
    ResetState(*trained.model);
    const at::Tensor probabilities =
        Probabilities(Predict(*trained.model, trained.Input(batch)),
                      batch.views, trained.evaluation->average());
    RETURN_IF_ERROR(trained.CheckClassNames(probabilities.size(1)));
    for (int64_t row = 0; row < batch.size(); ++row) {
      const int64_t index = batch.index[static_cast<size_t>(row)];
      classified.push_back({ShortName(dataset, index), index,
                            Likeliest(probabilities[row], top)});
    }
  }
  return classified;
}

std::string ClassifiedJson(const std::vector<Classified>& classified,
                           const std::string& kind,
                           const TrainedModel& trained) {
  auto all = nlohmann::json::array();
  for (const Classified& one : classified) {
    auto classes = nlohmann::json::array();
    for (const auto& [label, probability] : one.guesses) {
      classes.push_back({{"class", trained.ClassName(label)},
                         {"index", label},
                         {"probability", probability}});
    }
    all.push_back({{kind, one.name}, {"classes", std::move(classes)}});
  }
  return all.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace toque
