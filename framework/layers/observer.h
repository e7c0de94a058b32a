// Observers: see the calls of blocks, without LibTorch's module headers.

#ifndef TOQUE_FRAMEWORK_LAYERS_OBSERVER_H_
#define TOQUE_FRAMEWORK_LAYERS_OBSERVER_H_

#include <cstddef>
#include <string_view>

#include "ATen/core/Tensor.h"

namespace toque {

class Block;

// Sees every call of a block on its thread while its scope lives. `path` is
// that of the block below the model, empty for the model itself. What it throws
// ends the forward.
class Observer {
 public:
  virtual ~Observer() = default;
  // Before the call; one that fails is entered and never called.
  virtual void Entering(std::string_view /*path*/, const Block& /*block*/,
                        const at::Tensor& /*input*/) {}
  // After the call: parts come before what they are parts of.
  virtual void Called(std::string_view path, const Block& block,
                      const at::Tensor& input, const at::Tensor& output) = 0;
  // Whether the tensors that it is given must stay as they are.
  virtual bool KeepsTensors() const { return true; }
};

// Installs an observer on this thread. Scopes nest, and all observe, the
// innermost first; paths begin at the block that the scope was opened in. A
// scope of no observer hides the calls in it from all.
class ObserverScope {
 public:
  explicit ObserverScope(Observer* observer);
  ~ObserverScope();
  ObserverScope(const ObserverScope&) = delete;
  ObserverScope& operator=(const ObserverScope&) = delete;

  // Whether there is one.
  bool observes() const { return observer_ != nullptr; }

 private:
  friend class Block;
  friend bool TensorsAreKept();
  // tell(observer, path) for each, where `path` is that of all calls.
  template <typename Tell>
  static void ForEach(std::string_view path, const Tell& tell);

  Observer* const observer_;
  const ObserverScope* const outer_;
  const size_t path_begin_;
};

// Whether an observer is installed.
bool Observed();
// Whether one keeps tensors: layers that work in place then don't.
bool TensorsAreKept();

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_LAYERS_OBSERVER_H_
