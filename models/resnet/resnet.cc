#include "absl/strings/str_cat.h"
#include "framework/core/model.h"
#include "framework/layers/initial.h"
#include "framework/layers/layers.h"
#include "models/resnet/resnet.pb.h"

namespace toque {
namespace {

using recipe::ResNet;

bool HasBottlenecks(const ResNet& options) { return options.depth() > 34; }

// A convolution and its batch norm.
std::vector<Layer> Unit(int64_t in, int64_t out, int64_t kernel,
                        int64_t stride = 1, int64_t groups = 1) {
  Layer convolution = Conv2d({.in = in,
                              .out = out,
                              .kernel = kernel,
                              .stride = stride,
                              .padding = kernel / 2,
                              .groups = groups,
                              .bias = Bias::kNo});
  return {std::move(convolution), BatchNorm2d(out)};
}

// Units with a ReLU after each, the last one's after the sum with the input.
struct Residual : Block {
  Residual(const std::vector<std::vector<Layer>>& units, Layer given_shortcut)
      : relu(Relu(Inplace::kYes)) {
    for (const auto& unit : units) {
      convolutions.push_back(Add(Numbered("conv"), unit[0]));
      norms.push_back(Add(Numbered("bn"), unit[1]));
    }
    Add("relu", relu);
    if (given_shortcut) shortcut = Add("downsample", given_shortcut);
  }

  std::string Numbered(const char* name) const {
    return absl::StrCat(name, norms.size() + 1);
  }

  at::Tensor Forward(const at::Tensor& input) override {
    at::Tensor branch = input;
    for (size_t i = 0; i < norms.size(); ++i) {
      if (i > 0) branch = (*relu)(branch);
      branch = (*norms[i])((*convolutions[i])(branch));
    }
    return (*relu)(AddResidual(branch, shortcut ? (*shortcut)(input) : input));
  }
  std::string Describe() const override { return "Residual"; }

  std::vector<Layer> convolutions, norms;
  Layer relu, shortcut;
};

// `out` are the channels of the 3x3 convolutions but for groups and width.
Layer MakeResidual(const ResNet& options, int64_t in, int64_t out,
                   int64_t stride) {
  const int64_t wide = HasBottlenecks(options) ? 4 * out : out;
  Layer shortcut;
  if (stride != 1 || in != wide) {
    shortcut = Sequential(Unit(in, wide, 1, stride));
  }
  std::vector<std::vector<Layer>> units;
  if (HasBottlenecks(options)) {
    const int64_t groups = options.groups();
    const int64_t width = out * options.width_per_group() / 64 * groups;
    units.push_back(Unit(in, width, 1));
    units.push_back(Unit(width, width, 3, stride, groups));
    units.push_back(Unit(width, wide, 1));
  } else {
    units.push_back(Unit(in, out, 3, stride));
    units.push_back(Unit(out, out, 3));
  }
  return std::make_shared<Residual>(units, std::move(shortcut));
}

// Takes maps of `in` channels, which become those it gives. All but the first
// stage halve the picture.
Layer Stage(const ResNet& options, int64_t blocks, int64_t out, int64_t* in) {
  std::vector<Layer> residuals;
  for (int64_t i = 0; i < blocks; ++i) {
    const int64_t stride = out > 64 && i == 0 ? 2 : 1;
    residuals.push_back(MakeResidual(options, *in, out, stride));
    *in = HasBottlenecks(options) ? 4 * out : out;
  }
  return Sequential(std::move(residuals));
}

struct ResNetModel : Model {
  ResNetModel(const ResNet& options, const std::vector<int64_t>& blocks)
      : in_channels(options.in_channels()) {
    const std::vector<Layer> stem = Unit(in_channels, 64, 7, 2);
    Append("conv1", stem[0]);
    Append("bn1", stem[1]);
    Append("relu", Relu(Inplace::kYes));
    Append("maxpool", MaxPool2d({.kernel = 3, .stride = 2, .padding = 1}));
    int64_t in = 64;
    for (size_t i = 0; i < blocks.size(); ++i) {
      const std::string name = absl::StrCat("layer", i + 1);
      Append(name, Stage(options, blocks[i], int64_t{64} << i, &in));
    }
    Append("avgpool", GlobalAvgPool2d());
    fc = Add("fc", Linear(in, options.classes()));
    SetEach(*this, [](Kind kind, const at::Tensor& weight, const at::Tensor&) {
      if (kind == Kind::kConvolution) SetKaimingNormal(weight, Fan::kOut);
    });
  }

  void Append(const std::string& name, const Layer& part) {
    parts.push_back(Add(name, part));
  }

  at::Tensor Forward(const at::Tensor& input) override {
    at::Tensor maps = input;
    for (const Layer& part : parts) maps = (*part)(maps);
    return (*fc)(maps.flatten(1));
  }
  std::vector<int64_t> ExampleShape() const override {
    return {in_channels, 224, 224};
  }
  std::string Describe() const override { return "ResNet"; }

  int64_t in_channels;
  std::vector<Layer> parts;
  Layer fc;
};

// Blocks of the four stages; none for a depth that isn't there.
std::vector<int64_t> Blocks(int64_t depth) {
  if (depth == 18) return {2, 2, 2, 2};
  if (depth == 34 || depth == 50) return {3, 4, 6, 3};
  if (depth == 101) return {3, 4, 23, 3};
  if (depth == 152) return {3, 8, 36, 3};
  return {};
}

absl::Status CheckGroups(const ResNet& options) {
  const int64_t groups = options.groups();
  const int64_t width = options.width_per_group();
  if (!HasBottlenecks(options) && (groups != 1 || width != 64)) {
    return Invalid(
        "groups and width_per_group must be 1 and 64 for depth 18 and 34",
        absl::StrCat(groups, " and ", width));
  }
  return Together(
      {AtLeast("groups", groups, 1), AtLeast("width_per_group", width, 1)});
}

Made<Model> MakeResNet(const ResNet& options) {
  const std::vector<int64_t> blocks = Blocks(options.depth());
  if (blocks.empty()) {
    return Invalid("depth must be 18, 34, 50, 101 or 152", options.depth());
  }
  RETURN_IF_ERROR(Together({AtLeast("classes", options.classes(), 1),
                            AtLeast("in_channels", options.in_channels(), 1),
                            CheckGroups(options)}));
  return std::make_shared<ResNetModel>(options, blocks);
}

TOQUE_PLUGIN(MakeResNet);

}  // namespace
}  // namespace toque
