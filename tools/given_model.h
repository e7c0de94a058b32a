// The model that a tool is given, of an experiment or by itself.

#ifndef TOQUE_TOOLS_GIVEN_MODEL_H_
#define TOQUE_TOOLS_GIVEN_MODEL_H_

#include <memory>
#include <string>
#include <vector>

#include "ATen/core/Tensor.h"
#include "framework/experiment.pb.h"
#include "framework/status.h"

namespace toque {

class Model;

// What the flags of such a tool say; one of the first two is given.
struct ModelFlags {
  std::string experiment;            // a text-proto
  std::string model;                 // a plugin as text
  std::vector<std::string> changes;  // as by --set
  std::string data = "";             // the folder of files that `init` names
};

struct GivenModel {
  Experiment experiment;  // of a bare model: nothing else but changes
  std::shared_ptr<Model> model;
};

// The model as it starts: from the experiment's seed, with its layers' own
// initial values or those of `init`. No data is opened, and no file of weights
// is read; one that the experiment asks for is said to be missed on stderr.
absl::StatusOr<GivenModel> MakeGivenModel(const ModelFlags& flags);

// "1,3,224,224" as sizes; without a text a batch of one ExampleShape().
// `option` is what errors call it: "--input".
absl::StatusOr<std::vector<int64_t>> InputShape(const std::string& option,
                                                const std::string& text,
                                                const Model& model);
// Float32 values of a normal distribution, the same at each call.
at::Tensor RandomInput(const std::vector<int64_t>& shape);

}  // namespace toque

#endif  // TOQUE_TOOLS_GIVEN_MODEL_H_
