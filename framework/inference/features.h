// Features: what a model's parts make of an input (recipes R73-R75).

#ifndef TOQUE_FRAMEWORK_INFERENCE_FEATURES_H_
#define TOQUE_FRAMEWORK_INFERENCE_FEATURES_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "ATen/core/Tensor.h"
#include "framework/core/state.h"

namespace toque {

class Model;

// Computes no more of a model than the outputs of some of its parts.
class FeatureExtractor {
 public:
  // Of the parts with these paths ("layer4.1"); the path "" is the model
  // itself. An error for a path that the model doesn't have, which suggests the
  // nearest, for one given twice, and where there is none.
  static absl::StatusOr<FeatureExtractor> Create(
      std::shared_ptr<Model> model, std::vector<std::string> paths);

  // The outputs for a batch, by path, in the order of the paths: in evaluation
  // mode, which is restored, and without gradients. Of a part that is called
  // several times the last output; none is changed by a layer that works in
  // place afterwards. The first forward runs to its end; later ones end when
  // all parts have been called as often as then. Throws where a part isn't
  // called, and for an input that doesn't fit.
  NamedTensors Extract(const at::Tensor& input);

 private:
  class Watcher;

  FeatureExtractor(std::shared_ptr<Model> model,
                   std::vector<std::string> paths);

  std::shared_ptr<Model> model_;
  std::vector<std::string> paths_;
  // For each path: how often it is called, 0 before the first forward, and
  // whether something writes into its output afterwards.
  std::vector<int64_t> calls_;
  std::vector<bool> copied_;
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_INFERENCE_FEATURES_H_
