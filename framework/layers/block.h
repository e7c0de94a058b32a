// Block: the base of models and of their parts.
//
// LibTorch's C++ modules have no forward hooks. A block's operator() reports
// each call to an observer if there is one, and puts its path into errors, so
// summary, taps, tracing and errors that name the layer come from one place.

#ifndef TOQUE_FRAMEWORK_LAYERS_BLOCK_H_
#define TOQUE_FRAMEWORK_LAYERS_BLOCK_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "framework/layers/observer.h"
#include "torch/nn/module.h"

namespace toque {

class Block : public torch::nn::Module {
 public:
  // The block's function. Called through operator(), by parents and users
  // alike. Shapes that don't fit are reported by throwing.
  virtual at::Tensor Forward(const at::Tensor& input) = 0;
  // Forward, observed; recomputed in backward where that is wanted.
  at::Tensor operator()(const at::Tensor& input);

  // From now on calls don't keep activations for backward, which computes them
  // again from the input (ForwardRecomputed). Parts inside are observed, but no
  // gradients flow back through what is seen there.
  void Recompute() { recompute_ = true; }

  // From now on Forward is given what `change` makes of the input; observers
  // and errors are told the input as it was. Of several the first is the first
  // to act. For a model that changes a part of another one.
  void ChangeInput(std::function<at::Tensor(const at::Tensor& input)> change);

  // What the block is, for people: "Linear(64, 10)".
  virtual std::string Describe() const { return "block"; }
  // Multiplications, each with its addition, of a call that makes `output` of
  // `input`, without those of its parts.
  virtual int64_t Macs(const at::Tensor& /*input*/,
                       const at::Tensor& /*output*/) const {
    return 0;
  }
  // What kinds of layers begin differently by (framework/parts/initialise).
  enum class Kind { kOther, kConvolution, kLinear, kNorm };
  virtual Kind kind() const { return Kind::kOther; }
  // The name its parent knows it by; empty for a model.
  const std::string& own_name() const { return own_name_; }

  // Registers `part` under `name` and returns it. Parameter names are the path
  // of names, as in Python.
  template <typename Part>
  std::shared_ptr<Part> Add(const std::string& name,
                            std::shared_ptr<Part> part) {
    static_cast<Block&>(*part).own_name_ = name;
    return register_module(name, std::move(part));
  }

 private:
  at::Tensor Call(const at::Tensor& input);
  at::Tensor CallPlain(const at::Tensor& input);
  at::Tensor CallObserved(const at::Tensor& input);

  std::string own_name_;
  bool recompute_ = false;
  std::function<at::Tensor(const at::Tensor&)> change_;  // may be empty
};

// A fault inside a block: the path of the innermost block it went through, what
// that block is, its input's shape and what went wrong.
class LayerError : public std::runtime_error {
 public:
  LayerError(std::string path, std::string what)
      : std::runtime_error(path.empty() ? what : path + ": " + what),
        path_(std::move(path)),
        what_(std::move(what)) {}
  const std::string& path() const { return path_; }
  // The same fault as the parent called `name` sees it.
  LayerError Within(const std::string& name) const {
    if (name.empty()) return *this;
    return LayerError(path_.empty() ? name : name + "." + path_, what_);
  }

 private:
  std::string path_;
  std::string what_;
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_LAYERS_BLOCK_H_
