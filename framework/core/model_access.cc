#include "framework/core/model_access.h"

#include <algorithm>
#include <regex>
#include <unordered_set>

#include "absl/strings/str_join.h"
#include "framework/core/model.h"
#include "framework/layers/recompute.h"
#include "framework/layers/statistics.h"

namespace toque {
namespace {

template <typename Items>
NamedTensors Distinct(const Items& items) {
  NamedTensors distinct;
  std::unordered_set<const c10::TensorImpl*> seen;
  for (const auto& item : items) {
    if (!item.value().defined()) continue;
    if (!seen.insert(item.value().unsafeGetTensorImpl()).second) continue;
    distinct.emplace_back(item.key(), item.value());
  }
  return distinct;
}

// Keeps the outputs of the parts it is told to.
class TapObserver : public Observer {
 public:
  explicit TapObserver(const std::vector<std::string>& taps) : taps_(taps) {}

  void Called(std::string_view path, const Block&, const at::Tensor&,
              const at::Tensor& output) override {
    const auto tap = std::ranges::find(taps_, path);
    if (tap == taps_.end()) return;
    TORCH_CHECK(!KeepsInput(), "the tap ", *tap,
                " has no gradient, as it is inside a part that is recomputed");
    outputs[*tap] = output;
  }

  std::map<std::string, at::Tensor> outputs;

 private:
  const std::vector<std::string>& taps_;
};

// The model's parts by path, parents first.
std::vector<std::pair<std::string, Block*>> Parts(const Model& model) {
  std::vector<std::pair<std::string, Block*>> parts;
  for (const auto& module : model.named_modules()) {
    auto* block = dynamic_cast<Block*>(module.value().get());
    if (block == nullptr || block == &model) continue;
    parts.emplace_back(module.key(), block);
  }
  return parts;
}

// Marks the outermost parts in which the pattern is found.
bool MarkMatching(const Model& model, const std::regex& pattern) {
  std::string marked;  // the latest, with a dot behind it
  for (const auto& [path, block] : Parts(model)) {
    if (!marked.empty() && path.starts_with(marked)) continue;
    if (!std::regex_search(path, pattern)) continue;
    block->Recompute();
    marked = path + ".";
  }
  return !marked.empty();
}

// A few of the paths, for an error.
std::string SomePaths(const Model& model) {
  constexpr size_t kSome = 8;
  std::vector<std::string> paths = BlockPaths(model);
  if (paths.size() > kSome) {
    paths.resize(kSome);
    paths.push_back("...");
  }
  return absl::StrJoin(paths, ", ");
}

}  // namespace

at::Tensor Predict(Model& model, const at::Tensor& input) {
  return model(input);
}

at::Tensor Predict(Model& model, const at::Tensor& input,
                   const std::vector<std::string>& taps,
                   std::map<std::string, at::Tensor>* outputs) {
  TapObserver observer(taps);
  const ObserverScope scope(&observer);
  const at::Tensor output = model(input);
  for (const std::string& tap : taps) {
    TORCH_CHECK(observer.outputs.contains(tap), "the model calls no part \"",
                tap, "\"");
  }
  *outputs = std::move(observer.outputs);
  return output;
}

std::vector<std::string> BlockPaths(const Model& model) {
  std::vector<std::string> paths;
  for (const auto& [path, block] : Parts(model)) paths.push_back(path);
  return paths;
}

NamedTensors Parameters(const Model& model) {
  return Distinct(model.named_parameters());
}

NamedTensors Buffers(const Model& model) {
  return Distinct(model.named_buffers());
}

ModeScope::ModeScope(Model& model, bool training) : model_(model) {
  for (const auto& part : model.modules()) {
    before_.push_back(part->is_training());
  }
  model.train(training);
}

ModeScope::~ModeScope() {
  // train() also sets what lies below, and modules() lists parents first.
  size_t i = 0;
  for (const auto& part : model_.modules()) part->train(before_[i++]);
}

void SetTraining(Model& model, bool training) { model.train(training); }

void FreezeStatistics(Model& model) {
  for (const auto& part : model.modules()) {
    const auto parameters = part->parameters();
    if (!parameters.empty() &&
        std::ranges::none_of(parameters, &at::Tensor::requires_grad)) {
      part->eval();
    }
  }
}

absl::Status RecomputeStatistics(
    Model& model, const std::function<absl::Status()>& forward_all) {
  std::vector<StatisticsBlock*> averaging;
  for (const auto& part : model.modules()) {
    auto* block = dynamic_cast<StatisticsBlock*>(part.get());
    if (block != nullptr && block->is_training()) averaging.push_back(block);
  }
  const at::NoGradGuard no_grad;
  for (StatisticsBlock* block : averaging) block->StartAverage();
  const absl::Status status = forward_all();
  for (StatisticsBlock* block : averaging) block->EndAverage();
  return status;
}

absl::Status MarkRecompute(Model& model,
                           const std::vector<std::string>& patterns) {
  for (size_t i = 0; i < patterns.size(); ++i) {
    const std::string place = absl::StrCat("recompute[", i, "]");
    try {
      if (MarkMatching(model, std::regex(patterns[i]))) continue;
    } catch (const std::regex_error&) {
      return AtPlace(Invalid("must be a regular expression", patterns[i]),
                     place);
    }
    return AtPlace(
        Invalid(absl::StrCat("must match a part of the model (there are ",
                             SomePaths(model), ")"),
                patterns[i]),
        place);
  }
  return absl::OkStatus();
}

void MoveTo(Model& model, at::Device device, at::ScalarType type) {
  // Module::to() would convert counters, too.
  for (const NamedTensors& tensors : {Parameters(model), Buffers(model)}) {
    for (const auto& [name, tensor] : tensors) {
      const at::ScalarType to =
          tensor.is_floating_point() ? type : tensor.scalar_type();
      tensor.set_data(tensor.to(device, to));
    }
  }
}

void ToMemoryFormat(Model& model, at::MemoryFormat format) {
  for (const auto& [name, parameter] : Parameters(model)) {
    if (parameter.dim() != 4) continue;
    parameter.set_data(parameter.detach().contiguous(format));
  }
}

void ResetState(Model& model) { model.ResetState(); }
void DetachState(Model& model) { model.DetachState(); }

}  // namespace toque
