#include "framework/testing/tiny_model.h"

#include "framework/core/model.h"
#include "framework/layers/layers.h"
#include "framework/testing/tiny_model.pb.h"

namespace toque {
namespace {

struct Tiny : Model {
  Tiny(int64_t inputs, int64_t classes)
      : inputs(inputs), linear(Add("linear", Linear(inputs, classes))) {}

  at::Tensor Forward(const at::Tensor& input) override {
    return (*linear)(input.flatten(1));
  }
  std::vector<int64_t> ExampleShape() const override { return {inputs}; }
  std::string Describe() const override { return "TinyModel"; }

  int64_t inputs;
  Layer linear;
};

Made<Model> MakeFromOptions(const TinyModel& options) {
  return MakeTinyModel(options.inputs(), options.classes());
}

TOQUE_PLUGIN(MakeFromOptions);

}  // namespace

std::shared_ptr<Model> MakeTinyModel(int64_t inputs, int64_t classes) {
  return std::make_shared<Tiny>(inputs, classes);
}

}  // namespace toque
