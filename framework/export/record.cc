// The tracer of LibTorch's just-in-time compiler sees every operation of ATen
// that C++ calls, with its arguments.

#include "framework/export/record.h"

#include <memory>
#include <utility>

#include "ATen/ops/rand.h"
#include "c10/core/GradMode.h"
#include "framework/core/model.h"
#include "framework/core/model_access.h"
#include "framework/export/graph_reader.h"
#include "framework/layers/observer.h"
#include "torch/csrc/jit/frontend/tracer.h"
#include "torch/csrc/jit/ir/ir.h"

namespace toque {
namespace {

namespace jit = torch::jit;

// Marks what is recorded with the path of the block that is being called.
class Scopes : public Observer {
 public:
  explicit Scopes(std::shared_ptr<jit::Graph> graph)
      : graph_(std::move(graph)),
        root_(c10::make_intrusive<jit::Scope>()),
        open_({root_}) {}

  void Entering(std::string_view path, const Block& /*block*/,
                const at::Tensor& /*input*/) override {
    const auto name = c10::Symbol::scope(std::string(path));
    open_.push_back(path.empty() ? root_ : root_->push(name));
    graph_->set_current_scope(open_.back());
  }
  void Called(std::string_view /*path*/, const Block& /*block*/,
              const at::Tensor& /*input*/,
              const at::Tensor& /*output*/) override {
    open_.pop_back();
    graph_->set_current_scope(open_.back());
  }

 private:
  std::shared_ptr<jit::Graph> graph_;
  jit::ScopePtr root_;
  std::vector<jit::ScopePtr> open_;
};

NamedTensors Stored(const Model& model) {
  NamedTensors stored = Parameters(model);
  for (auto& buffer : Buffers(model)) stored.push_back(std::move(buffer));
  return stored;
}

std::shared_ptr<jit::Graph> GraphOf(Model& model, const at::Tensor& input,
                                    const NamedTensors& stored) {
  jit::Stack inputs = {input};
  for (const auto& [name, tensor] : stored) inputs.push_back(tensor);
  const auto forward = [&model](const jit::Stack& given) {
    Scopes scopes(jit::tracer::getTracingState()->graph);
    const ObserverScope observed(&scopes);
    return jit::Stack{Predict(model, given[0].toTensor())};
  };
  const auto no_name = [](const at::Tensor&) { return std::string(); };
  return jit::tracer::trace(std::move(inputs), forward, no_name,
                            /*strict=*/true, /*force_outplace=*/true)
      .first->graph;
}

}  // namespace

absl::StatusOr<Trace> Record(Model& model, int64_t batch) {
  const c10::NoGradGuard no_gradients;
  const ModeScope evaluation(model, /*training=*/false);
  std::vector<int64_t> shape = model.ExampleShape();
  shape.insert(shape.begin(), batch);
  const at::Tensor input = at::rand(shape);
  const NamedTensors stored = Stored(model);
  ResetState(model);
  const auto graph = GraphOf(model, input, stored);
  ResetState(model);
  ASSIGN_OR_RETURN(Trace trace, ReadGraph(stored, *graph));
  trace.model = model.Describe();
  return trace;
}

}  // namespace toque
