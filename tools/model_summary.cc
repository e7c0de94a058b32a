#include "tools/model_summary.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <map>
#include <unordered_set>
#include <utility>

#include "c10/core/GradMode.h"
#include "framework/core/model.h"

namespace toque {
namespace {

using Clock = std::chrono::steady_clock;

// Writes what it sees into lines of a summary.
class Recorder : public Observer {
 public:
  explicit Recorder(std::vector<LayerSummary>* layers) : layers_(*layers) {
    for (size_t i = 0; i < layers_.size(); ++i) places_[layers_[i].path] = i;
  }

  void Called(std::string_view path, const Block& block,
              const at::Tensor& input, const at::Tensor& output) override {
    LayerSummary& layer = At(path, block);
    if (layer.calls++ == 0) layer.output = output.sizes().vec();
    layer.macs += block.Macs(input, output);
    // Kept, so that no later output gets the same memory.
    outputs_.push_back(output);
    const void* memory = output.storage().unsafeGetStorageImpl();
    if (memory != input.storage().unsafeGetStorageImpl() &&
        seen_.insert(memory).second) {
      layer.activation_bytes += static_cast<int64_t>(output.nbytes());
    }
  }

 private:
  LayerSummary& At(std::string_view path, const Block& block) {
    const auto [place, is_new] =
        places_.try_emplace(std::string(path), layers_.size());
    // A layer that stands under two names is called by the latter.
    if (is_new) {
      layers_.push_back({.path = place->first, .layer = block.Describe()});
    }
    return layers_[place->second];
  }

  std::vector<LayerSummary>& layers_;
  std::map<std::string, size_t> places_;
  std::vector<at::Tensor> outputs_;
  std::unordered_set<const void*> seen_;
};

// Seconds of each path's own in a forward.
class Stopwatch : public Observer {
 public:
  void Entering(std::string_view, const Block&, const at::Tensor&) override {
    calls_.push_back({Clock::now(), {}});
  }
  void Called(std::string_view path, const Block&, const at::Tensor&,
              const at::Tensor&) override {
    const auto [begin, parts] = calls_.back();
    calls_.pop_back();
    const std::chrono::duration<double> time = Clock::now() - begin;
    seconds[std::string(path)] += (time - parts).count();
    if (!calls_.empty()) calls_.back().parts += time;
  }

  std::map<std::string, double> seconds;

 private:
  struct Call {
    Clock::time_point begin;
    std::chrono::duration<double> parts;  // time in them
  };
  std::vector<Call> calls_;
};

double TimeAll(Model& model, const at::Tensor& input, Stopwatch* stopwatch) {
  model.ResetState();
  const ObserverScope scope(stopwatch);
  const auto begin = Clock::now();
  model(input);
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

void SetSeconds(Model& model, const at::Tensor& input, int timed,
                std::vector<LayerSummary>* layers) {
  double least = std::numeric_limits<double>::infinity();
  for (int i = 0; i < timed; ++i) {
    Stopwatch stopwatch;
    const double time = TimeAll(model, input, &stopwatch);
    if (time >= least) continue;
    least = time;
    for (LayerSummary& layer : *layers) {
      layer.seconds = stopwatch.seconds[layer.path];
    }
  }
}

using Tensors = torch::OrderedDict<std::string, at::Tensor>;

// Elements of the tensors that aren't among `seen` yet.
int64_t CountNew(const Tensors& tensors,
                 std::unordered_set<const c10::TensorImpl*>* seen,
                 LayerSummary* layer) {
  int64_t count = 0;
  for (const auto& item : tensors) {
    const at::Tensor& tensor = item.value();
    if (!tensor.defined()) continue;
    if (!seen->insert(tensor.unsafeGetTensorImpl()).second) continue;
    count += tensor.numel();
    layer->weight_bytes += static_cast<int64_t>(tensor.nbytes());
    if (tensor.requires_grad()) layer->trainable += tensor.numel();
  }
  return count;
}

// "layer1" of "layer1.0.conv1" for depth 1.
std::string Shortened(const std::string& path, int depth) {
  size_t end = 0;
  for (int i = 0; i < depth && end != path.npos; ++i) {
    end = path.find('.', i == 0 ? 0 : end + 1);
  }
  return depth == 0 ? "" : path.substr(0, end);
}

void Add(const LayerSummary& part, LayerSummary* whole) {
  whole->parameters += part.parameters;
  whole->trainable += part.trainable;
  whole->buffers += part.buffers;
  whole->weight_bytes += part.weight_bytes;
  whole->macs += part.macs;
  whole->activation_bytes += part.activation_bytes;
  whole->seconds += part.seconds;
}

}  // namespace

std::vector<LayerSummary> WeightsOf(const Model& model) {
  std::vector<LayerSummary> layers;
  std::unordered_set<const c10::TensorImpl*> seen;
  for (const auto& module : model.named_modules()) {
    const auto* block = dynamic_cast<const Block*>(module.value().get());
    LayerSummary& layer = layers.emplace_back();
    layer.path = module.key();
    layer.layer = block == nullptr ? module.value()->name() : block->Describe();
    layer.parameters =
        CountNew(module.value()->named_parameters(false), &seen, &layer);
    layer.buffers =
        CountNew(module.value()->named_buffers(false), &seen, &layer);
  }
  return layers;
}

std::vector<LayerSummary> Summarize(Model& model, const at::Tensor& input,
                                    int timed) {
  std::vector<LayerSummary> layers = WeightsOf(model);
  const c10::AutoGradMode no_gradients(false);
  model.ResetState();
  {
    Recorder recorder(&layers);
    const ObserverScope scope(&recorder);
    model(input);
  }
  SetSeconds(model, input, timed, &layers);
  return layers;
}

std::vector<LayerSummary> Fold(const std::vector<LayerSummary>& layers,
                               int depth) {
  std::vector<LayerSummary> folded;
  for (const LayerSummary& layer : layers) {
    const std::string path = Shortened(layer.path, depth);
    const auto whole =
        path == layer.path
            ? folded.end()
            : std::ranges::find(folded, path, &LayerSummary::path);
    if (whole == folded.end()) {
      folded.push_back(layer);
    } else {
      Add(layer, &*whole);
    }
  }
  return folded;
}

LayerSummary Total(const std::vector<LayerSummary>& layers) {
  LayerSummary total;
  for (const LayerSummary& layer : layers) Add(layer, &total);
  return total;
}

}  // namespace toque
