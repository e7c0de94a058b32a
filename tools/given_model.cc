#include "tools/given_model.h"

#include <iostream>
#include <utility>

#include "ATen/CPUGeneratorImpl.h"
#include "ATen/ops/randn.h"
#include "framework/config/config.h"
#include "framework/config/overrides.h"
#include "framework/core/model.h"
#include "framework/parts/device.h"
#include "framework/parts/initialise.h"
#include "tools/experiment_file.h"
#include "tools/sizes.h"

namespace toque {

absl::StatusOr<GivenModel> MakeGivenModel(const ModelFlags& flags) {
  if (flags.experiment.empty() == flags.model.empty()) {
    return Invalid("one of --experiment and --model must be given");
  }
  GivenModel given;
  if (flags.model.empty()) {
    ASSIGN_OR_RETURN(given.experiment,
                     ReadExperiment(flags.experiment, flags.changes));
  } else {
    ASSIGN_OR_RETURN(
        given.experiment,
        ParseExperiment(absl::StrCat("model {\n", flags.model, "\n}"),
                        "--model"));
    for (const std::string& change : flags.changes) {
      RETURN_IF_ERROR(ApplyOverride(change, &given.experiment));
    }
  }
  SeedGenerators(given.experiment.seed());
  const Context context = Context().WithDataFolder(flags.data);
  ASSIGN_OR_RETURN(given.model,
                   Build<Model>(given.experiment.model(), context.At("model")));
  RETURN_IF_ERROR(Initialise(given.experiment, context, *given.model));
  if (given.experiment.has_weights()) {
    std::cerr << "weights are not read: the model is as it begins\n";
  }
  return given;
}

absl::StatusOr<std::vector<int64_t>> InputShape(const std::string& option,
                                                const std::string& text,
                                                const Model& model) {
  if (!text.empty()) return Sizes(option, text);
  std::vector<int64_t> shape = model.ExampleShape();
  shape.insert(shape.begin(), 1);
  return shape;
}

at::Tensor RandomInput(const std::vector<int64_t>& shape) {
  return at::randn(shape, at::detail::createCPUGenerator(/*seed_val=*/0));
}

}  // namespace toque
