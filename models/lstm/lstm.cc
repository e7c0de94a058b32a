#include "framework/core/model.h"
#include "framework/layers/layers.h"
#include "framework/layers/recurrent.h"
#include "models/lstm/lstm.pb.h"

namespace toque {
namespace {

struct LstmModel : Model {
  explicit LstmModel(const recipe::Lstm& options)
      : inputs(options.inputs()),
        output(options.output()),
        lstm(Add("lstm", Lstm({.in = options.inputs(),
                               .hidden = options.hidden(),
                               .layers = options.layers(),
                               .dropout = options.dropout(),
                               .start = RecurrentOptions::Start::kLastState}))),
        fc(Add("fc", Linear(options.hidden(), options.outputs()))) {}

  at::Tensor Forward(const at::Tensor& input) override {
    const at::Tensor steps = (*lstm)(input);  // [N, T, hidden]
    if (output == recipe::Lstm::LAST) return (*fc)(steps.select(1, -1));
    return (*fc)(steps).transpose(1, 2);
  }
  std::vector<int64_t> ExampleShape() const override { return {8, inputs}; }
  std::string Describe() const override { return "Lstm"; }
  void ResetState() override { lstm->ResetState(); }
  void DetachState() override { lstm->DetachState(); }

  int64_t inputs;
  recipe::Lstm::Output output;
  std::shared_ptr<Recurrent> lstm;
  Layer fc;
};

Made<Model> MakeLstm(const recipe::Lstm& options) {
  RETURN_IF_ERROR(Together({AtLeast("inputs", options.inputs(), 1),
                            AtLeast("hidden", options.hidden(), 1),
                            AtLeast("layers", options.layers(), 1),
                            Within("dropout", options.dropout(), 0, 1),
                            AtLeast("outputs", options.outputs(), 1)}));
  return std::make_shared<LstmModel>(options);
}

TOQUE_PLUGIN(MakeLstm);

}  // namespace
}  // namespace toque
