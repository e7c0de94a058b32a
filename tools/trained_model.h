// The model that a tool is asked to use.

#ifndef TOQUE_TOOLS_TRAINED_MODEL_H_
#define TOQUE_TOOLS_TRAINED_MODEL_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ATen/core/Tensor.h"
#include "framework/core/transform.h"
#include "framework/experiment.pb.h"
#include "framework/loader/loader.h"

namespace toque {

class Model;

struct TrainedModel {
  Experiment experiment;         // where it comes from
  std::shared_ptr<Model> model;  // in evaluation mode, on the device
  // What an evaluation does to an example: the section that --split names, or
  // else eval, or else test.
  std::optional<Section> evaluation;
  std::string split;  // "eval" or "test": which it is
  std::vector<std::unique_ptr<Transform>> transforms;
  std::vector<std::string> class_names;  // empty where they aren't known
  at::Device device = at::kCPU;

  // "tabby cat", or the number where there are no names.
  std::string ClassName(int64_t index) const;
  // An error unless each of so many outputs has its name, or none has.
  absl::Status CheckClassNames(int64_t outputs) const;
  // The examples [begin, end) of a data set, in order, as the model takes them.
  // An error without `evaluation`.
  absl::StatusOr<LoaderOptions> LoaderOf(const Dataset& dataset, int64_t begin,
                                         int64_t end) const;
  // A batch's input as the model takes it, on the device.
  at::Tensor Input(const Batch& batch) const;
};

// The one that the flags --run_dir, --experiment or --model ask for;
// `changes` are those of --set.
absl::StatusOr<TrainedModel> TrainedModelOfFlags(
    const std::vector<std::string>& changes);

// How those flags are used, for a tool's --help.
std::string_view TrainedModelUsage();

}  // namespace toque

#endif  // TOQUE_TOOLS_TRAINED_MODEL_H_
