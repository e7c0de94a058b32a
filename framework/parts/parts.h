// The plugins of an experiment, made from its text.

#ifndef TOQUE_FRAMEWORK_PARTS_PARTS_H_
#define TOQUE_FRAMEWORK_PARTS_PARTS_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "framework/core/batch_transform.h"
#include "framework/core/dataset.h"
#include "framework/core/hook.h"
#include "framework/core/loss.h"
#include "framework/core/optimizer.h"
#include "framework/core/sampler.h"
#include "framework/core/transform.h"
#include "framework/experiment.pb.h"

namespace toque {

class Model;

struct SectionParts {
  Section section;
  std::shared_ptr<Dataset> dataset;  // shared by sections with equal options
  int64_t begin = 0;                 // the part that is used
  int64_t end = 0;
  std::unique_ptr<Sampler> sampler;  // null: sequential
  std::vector<std::unique_ptr<Transform>> transforms;
  std::vector<std::unique_ptr<BatchTransform>> batch_transforms;
};

struct Parts {
  SectionParts train;
  std::optional<SectionParts> eval;
  std::optional<SectionParts> test;
  DatasetInfo info;  // the training set's
  std::shared_ptr<Model> model;
  std::unique_ptr<Loss> loss;
  std::unique_ptr<Optimizer> optimizer;
  std::vector<std::unique_ptr<Hook>> hooks;
  std::vector<std::string> hook_places;  // "hook[0]: recipe.Accuracy"
};

// Whether data sets are opened: a check of an experiment alone must do without
// its data.
enum class Opening { kOpen, kSkip };

// Makes every plugin. Faults of several parts are reported together. Seeds the
// default generators before the model is made.
absl::StatusOr<Parts> BuildParts(const Experiment& experiment,
                                 const Context& context, Opening opening);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_PARTS_PARTS_H_
