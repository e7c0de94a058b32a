#include "framework/core/model.h"
#include "framework/layers/layers.h"
#include "framework/layers/recurrent.h"
#include "models/gru/gru.pb.h"

namespace toque {
namespace {

struct GruModel : Model {
  explicit GruModel(const recipe::Gru& options)
      : inputs(options.inputs()),
        output(options.output()),
        gru(Add("gru", Gru({.in = options.inputs(),
                            .hidden = options.hidden(),
                            .layers = options.layers(),
                            .dropout = options.dropout(),
                            .start = RecurrentOptions::Start::kLastState}))),
        fc(Add("fc", Linear(options.hidden(), options.outputs()))) {}

  at::Tensor Forward(const at::Tensor& input) override {
    const at::Tensor steps = (*gru)(input);  // [N, T, hidden]
    if (output == recipe::Gru::LAST) return (*fc)(steps.select(1, -1));
    return (*fc)(steps).transpose(1, 2);
  }
  std::vector<int64_t> ExampleShape() const override { return {8, inputs}; }
  std::string Describe() const override { return "Gru"; }
  void ResetState() override { gru->ResetState(); }
  void DetachState() override { gru->DetachState(); }

  int64_t inputs;
  recipe::Gru::Output output;
  std::shared_ptr<Recurrent> gru;
  Layer fc;
};

Made<Model> MakeGru(const recipe::Gru& options) {
  RETURN_IF_ERROR(Together({AtLeast("inputs", options.inputs(), 1),
                            AtLeast("hidden", options.hidden(), 1),
                            AtLeast("layers", options.layers(), 1),
                            Within("dropout", options.dropout(), 0, 1),
                            AtLeast("outputs", options.outputs(), 1)}));
  return std::make_shared<GruModel>(options);
}

TOQUE_PLUGIN(MakeGru);

}  // namespace
}  // namespace toque
