#include <algorithm>
#include <set>

#include "ATen/core/grad_mode.h"
#include "ATen/ops/zeros.h"
#include "framework/core/model.h"
#include "framework/core/model_access.h"
#include "framework/layers/bilinear_pool.h"
#include "framework/layers/layers.h"
#include "framework/layers/recompute.h"
#include "models/bilinear_cnn/bilinear_cnn.pb.h"

namespace toque {
namespace {

using recipe::BilinearCnn;

// Ends a forward that has come to a part.
struct Reached {};

// Keeps the output of a part, and ends the forward when the next one is called:
// so that others see the part's call, too.
class TapObserver : public Observer {
 public:
  explicit TapObserver(std::string_view tap) : tap_(tap) {}

  void Entering(std::string_view path, const Block&,
                const at::Tensor&) override {
    if (output.defined()) throw Reached();
    entered.emplace(path);
  }
  void Called(std::string_view path, const Block&, const at::Tensor&,
              const at::Tensor& made) override {
    if (path != tap_) return;
    TORCH_CHECK(KeepsInput() == recomputed_, "the tap ", std::string(tap_),
                " has no gradient, as it is inside a part that is recomputed");
    output = made;
  }
  bool KeepsTensors() const override { return output.defined(); }

  std::set<std::string> entered;  // paths of parts
  at::Tensor output;              // of the tap

 private:
  const std::string_view tap_;
  const bool recomputed_ = KeepsInput();  // as a whole
};

// A model as far as one of its parts, whose output it gives.
struct Trunk : Block {
  Trunk(std::shared_ptr<Model> model, std::string tap)
      : model(std::move(model)), tap(std::move(tap)) {}

  at::Tensor Forward(const at::Tensor& input) override {
    TapObserver observer(tap);
    return OutputAt(input, &observer);
  }
  std::string Describe() const override { return model->Describe(); }
  void train(bool on) override {
    model->train(on);
    Block::train(on);
  }

  at::Tensor OutputAt(const at::Tensor& input, TapObserver* observer) {
    const ObserverScope scope(observer);
    try {
      (*model)(input);
    } catch (const Reached&) {
    }
    TORCH_CHECK(observer->output.defined(),
                "the backbone does not call its part ", tap);
    return observer->output;
  }

  // Takes over the parts that it calls, and gives the shape of its output for
  // one example.
  std::vector<int64_t> TakeParts() {
    std::vector<int64_t> shape = model->ExampleShape();
    shape.insert(shape.begin(), 1);
    const at::NoGradGuard no_grad;
    const ModeScope evaluation(*model, /*training=*/false);
    TapObserver observer(tap);
    const at::Tensor output = OutputAt(at::zeros(shape), &observer);
    model->ResetState();
    for (const auto& part : model->named_children()) {
      if (!observer.entered.contains(part.key())) continue;
      register_module(part.key(), part.value());
    }
    for (const auto& own : model->named_parameters(/*recurse=*/false)) {
      register_parameter(own.key(), own.value());
    }
    for (const auto& own : model->named_buffers(/*recurse=*/false)) {
      register_buffer(own.key(), own.value());
    }
    return output.sizes().vec();
  }

  std::shared_ptr<Model> model;
  std::string tap;
};

struct BilinearCnnModel : Model {
  BilinearCnnModel(std::shared_ptr<Trunk> trunk, int64_t channels,
                   Products products, int64_t classes)
      : backbone(Add("backbone", std::move(trunk))),
        pool(Add("pool", BilinearPool(products))),
        fc(Add("fc", Linear(BilinearSize(channels, products), classes))) {}

  at::Tensor Forward(const at::Tensor& input) override {
    return (*fc)((*pool)((*backbone)(input)));
  }
  std::vector<int64_t> ExampleShape() const override {
    return backbone->model->ExampleShape();
  }
  std::string Describe() const override { return "BilinearCnn"; }
  void ResetState() override { backbone->model->ResetState(); }
  void DetachState() override { backbone->model->DetachState(); }

  std::shared_ptr<Trunk> backbone;
  Layer pool, fc;
};

absl::StatusOr<int64_t> ChannelsOf(Trunk& trunk) {
  const std::vector<std::string> paths = BlockPaths(*trunk.model);
  if (std::ranges::find(paths, trunk.tap) == paths.end()) {
    const std::string nearest = Nearest(trunk.tap, paths);
    return Invalid(absl::StrCat(
        "tap must be the path of a part of the backbone, got ", trunk.tap,
        nearest.empty() ? "" : "; did you mean " + nearest + "?"));
  }
  try {
    const std::vector<int64_t> shape = trunk.TakeParts();
    if (shape.size() == 4) return shape[1];
    return Invalid("tap must give [N, C, H, W]",
                   absl::StrCat(shape.size(), " dimensions"));
  } catch (const LayerError& error) {
    return Invalid(error.what());
  } catch (const c10::Error& error) {
    return Invalid(error.what_without_backtrace());
  }
}

Made<Model> MakeBilinearCnn(const BilinearCnn& options,
                            const Context& context) {
  RETURN_IF_ERROR(Together({Given("backbone", options.has_backbone()),
                            Given("tap", options.has_tap()),
                            AtLeast("classes", options.classes(), 1)}));
  ASSIGN_OR_RETURN(auto backbone,
                   Build<Model>(options.backbone(), context.At("backbone")));
  auto trunk = std::make_shared<Trunk>(std::move(backbone), options.tap());
  ASSIGN_OR_RETURN(const int64_t channels, ChannelsOf(*trunk));
  const auto products = options.products() == BilinearCnn::ALL
                            ? Products::kAll
                            : Products::kUpper;
  return std::make_shared<BilinearCnnModel>(std::move(trunk), channels,
                                            products, options.classes());
}

TOQUE_PLUGIN(MakeBilinearCnn);

}  // namespace
}  // namespace toque
