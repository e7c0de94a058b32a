#include "framework/core/model.h"
#include "framework/layers/layers.h"
#include "models/mlp/mlp.pb.h"

namespace toque {
namespace {

Layer Net(const recipe::Mlp& options) {
  std::vector<int64_t> widths(options.hidden().begin(), options.hidden().end());
  if (widths.empty()) widths = {32};
  std::vector<Layer> parts = {Flatten()};
  int64_t in = options.inputs();
  for (const int64_t width : widths) {
    parts.insert(parts.end(),
                 {Linear(in, width), Relu(), Dropout(options.dropout())});
    in = width;
  }
  parts.push_back(Linear(in, options.classes()));
  return Sequential(parts);
}

struct Mlp : Model {
  explicit Mlp(const recipe::Mlp& options)
      : inputs(options.inputs()), net(Add("net", Net(options))) {}

  at::Tensor Forward(const at::Tensor& input) override { return (*net)(input); }
  std::vector<int64_t> ExampleShape() const override { return {inputs}; }
  std::string Describe() const override { return "Mlp"; }

  int64_t inputs;
  Layer net;
};

Made<Model> MakeMlp(const recipe::Mlp& options) {
  for (const int64_t width : options.hidden()) {
    RETURN_IF_ERROR(AtLeast("hidden", width, 1));
  }
  RETURN_IF_ERROR(Together({AtLeast("inputs", options.inputs(), 1),
                            AtLeast("classes", options.classes(), 1),
                            Within("dropout", options.dropout(), 0, 1)}));
  return std::make_shared<Mlp>(options);
}

TOQUE_PLUGIN(MakeMlp);

}  // namespace
}  // namespace toque
