#include <cmath>

#include "ATen/ops/cat.h"
#include "ATen/ops/empty.h"
#include "ATen/ops/zeros.h"
#include "framework/core/check_shape.h"
#include "framework/core/model.h"
#include "framework/layers/attention.h"
#include "framework/layers/initial.h"
#include "framework/layers/layers.h"
#include "models/vision_transformer/vision_transformer.pb.h"

namespace toque {
namespace {

using recipe::VisionTransformer;

constexpr double kEps = 1e-6;  // of layer norms

void SetPerceptronValues(Block::Kind, const at::Tensor& weight,
                         const at::Tensor& bias) {
  // Xavier's.
  const auto fans = static_cast<double>(weight.size(0) + weight.size(1));
  SetUniform(weight, std::sqrt(6 / fans));
  SetNormal(bias, 1e-6);
}

Layer Perceptron(const VisionTransformer& options) {
  const int64_t hidden = options.hidden(), wide = options.mlp();
  Layer layer =
      Sequential(Linear(hidden, wide), Gelu(), Dropout(options.dropout()),
                 Linear(wide, hidden), Dropout(options.dropout()));
  SetEach(*layer, SetPerceptronValues);
  return layer;
}

// [N, T, hidden] to the same.
struct EncoderLayer : Block {
  explicit EncoderLayer(const VisionTransformer& options)
      : ln_1(Add("ln_1", LayerNorm({options.hidden()}, kEps))),
        self_attention(
            Add("self_attention",
                SelfAttention({.features = options.hidden(),
                               .heads = options.heads(),
                               .dropout = options.attention_dropout()}))),
        dropout(Add("dropout", Dropout(options.dropout()))),
        ln_2(Add("ln_2", LayerNorm({options.hidden()}, kEps))),
        mlp(Add("mlp", Perceptron(options))) {}

  at::Tensor Forward(const at::Tensor& input) override {
    const at::Tensor seen = (*dropout)((*self_attention)((*ln_1)(input)));
    const at::Tensor middle = seen.add(input);
    return (*mlp)((*ln_2)(middle)).add(middle);
  }
  std::string Describe() const override { return "EncoderLayer"; }

  Layer ln_1, self_attention, dropout, ln_2, mlp;
};

Layer EncoderLayers(const VisionTransformer& options) {
  std::vector<std::pair<std::string, Layer>> layers;
  for (int64_t i = 0; i < options.depth(); ++i) {
    layers.emplace_back("encoder_layer_" + std::to_string(i),
                        std::make_shared<EncoderLayer>(options));
  }
  return NamedSequential(std::move(layers));
}

at::Tensor InitialPositions(int64_t positions, int64_t hidden) {
  const at::Tensor values = at::empty({1, positions, hidden});
  SetNormal(values, 0.02);
  return values;
}

struct Encoder : Block {
  Encoder(const VisionTransformer& options, int64_t positions)
      : pos_embedding(register_parameter(
            "pos_embedding", InitialPositions(positions, options.hidden()))),
        dropout(Add("dropout", Dropout(options.dropout()))),
        layers(Add("layers", EncoderLayers(options))),
        ln(Add("ln", LayerNorm({options.hidden()}, kEps))) {}

  at::Tensor Forward(const at::Tensor& input) override {
    return (*ln)((*layers)((*dropout)(input.add(pos_embedding))));
  }
  std::string Describe() const override { return "Encoder"; }

  at::Tensor pos_embedding;  // [1, T, hidden]
  Layer dropout, layers, ln;
};

struct VisionTransformerModel : Model {
  explicit VisionTransformerModel(const VisionTransformer& options)
      : example_shape{options.in_channels(), options.image_size(),
                      options.image_size()},
        class_token(register_parameter("class_token",
                                       at::zeros({1, 1, options.hidden()}))),
        conv_proj(Add("conv_proj", Conv2d({.in = options.in_channels(),
                                           .out = options.hidden(),
                                           .kernel = options.patch(),
                                           .stride = options.patch()}))) {
    const int64_t side = options.image_size() / options.patch();
    encoder =
        Add("encoder", std::make_shared<Encoder>(options, side * side + 1));
    heads = Add("heads",
                NamedSequential(
                    {{"head", Linear(options.hidden(), options.classes())}}));
  }

  at::Tensor Forward(const at::Tensor& input) override {
    CHECK_SHAPE(input,
                {kAny, example_shape[0], example_shape[1], example_shape[2]});
    const at::Tensor patches =
        (*conv_proj)(input).flatten(2).transpose(1, 2);  // [N, T - 1, hidden]
    const at::Tensor token = class_token.expand({input.size(0), -1, -1});
    return (*heads)((*encoder)(at::cat({token, patches}, 1)).select(1, 0));
  }
  std::vector<int64_t> ExampleShape() const override { return example_shape; }
  std::string Describe() const override { return "VisionTransformer"; }

  std::vector<int64_t> example_shape;
  at::Tensor class_token;  // [1, 1, hidden]
  Layer conv_proj, encoder, heads;
};

// torchvision's of the layers at both ends: logits are 0 at first.
void SetInitialValues(const VisionTransformerModel& model) {
  const auto stem = model.conv_proj->named_parameters();
  const auto fan = static_cast<double>(stem["weight"][0].numel());
  SetTruncatedNormal(stem["weight"], std::sqrt(1 / fan));
  SetConstant(stem["bias"], 0);
  for (const at::Tensor& parameter : model.heads->parameters()) {
    SetConstant(parameter, 0);
  }
}

// image_size and hidden, which others divide.
absl::Status CheckSizes(const VisionTransformer& options) {
  if (options.image_size() < 1 || options.image_size() % options.patch() != 0) {
    return Invalid(absl::StrCat("image_size must be a multiple of patch ",
                                options.patch()),
                   options.image_size());
  }
  if (options.hidden() < 1 || options.hidden() % options.heads() != 0) {
    return Invalid(
        absl::StrCat("hidden must be a multiple of heads ", options.heads()),
        options.hidden());
  }
  return absl::OkStatus();
}

Made<Model> MakeVisionTransformer(const VisionTransformer& options) {
  RETURN_IF_ERROR(Together(
      {AtLeast("patch", options.patch(), 1),
       AtLeast("depth", options.depth(), 1),
       AtLeast("heads", options.heads(), 1), AtLeast("mlp", options.mlp(), 1),
       AtLeast("classes", options.classes(), 1),
       AtLeast("in_channels", options.in_channels(), 1),
       Within("dropout", options.dropout(), 0, 1),
       Within("attention_dropout", options.attention_dropout(), 0, 1)}));
  RETURN_IF_ERROR(CheckSizes(options));
  const auto model = std::make_shared<VisionTransformerModel>(options);
  SetInitialValues(*model);
  return model;
}

TOQUE_PLUGIN(MakeVisionTransformer);

}  // namespace
}  // namespace toque
