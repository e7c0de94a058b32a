#include "framework/layers/block.h"

#include <sstream>

#include "framework/layers/recompute.h"

namespace toque {
namespace {

thread_local const ObserverScope* innermost = nullptr;
// Of the call that goes on, from the outermost scope's beginning.
thread_local std::string observed_path;

LayerError ErrorIn(const Block& block, const at::Tensor& input,
                   const std::string& what) {
  std::ostringstream text;
  text << block.Describe() << ": input " << input.sizes() << ": " << what;
  return LayerError(block.own_name(), text.str());
}

// The path of observed calls, one block longer while this lives.
class PathStep {
 public:
  explicit PathStep(const std::string& name) : length_(observed_path.size()) {
    if (!observed_path.empty() && !name.empty()) observed_path += '.';
    observed_path += name;
  }
  ~PathStep() { observed_path.resize(length_); }

 private:
  size_t length_;
};

}  // namespace

template <typename Tell>
void ObserverScope::ForEach(std::string_view path, const Tell& tell) {
  const ObserverScope* scope = innermost;
  for (; scope != nullptr && scope->observes(); scope = scope->outer_) {
    std::string_view below = path.substr(scope->path_begin_);
    if (below.starts_with('.')) below.remove_prefix(1);
    tell(*scope->observer_, below);
  }
}

at::Tensor Block::operator()(const at::Tensor& input) {
  try {
    return Observed() ? CallObserved(input) : Call(input);
  } catch (const LayerError& error) {
    throw error.Within(own_name_);
  } catch (const c10::Error& error) {
    throw ErrorIn(*this, input, error.what_without_backtrace());
  }
}

at::Tensor Block::CallObserved(const at::Tensor& input) {
  const PathStep step(own_name_);
  ObserverScope::ForEach(observed_path,
                         [&](Observer& observer, std::string_view path) {
                           observer.Entering(path, *this, input);
                         });
  const at::Tensor output = Call(input);
  ObserverScope::ForEach(observed_path,
                         [&](Observer& observer, std::string_view path) {
                           observer.Called(path, *this, input, output);
                         });
  return output;
}

at::Tensor Block::Call(const at::Tensor& input) {
  return change_ ? CallPlain(change_(input)) : CallPlain(input);
}

at::Tensor Block::CallPlain(const at::Tensor& input) {
  const bool recompute = recompute_ && at::GradMode::is_enabled();
  return recompute ? ForwardRecomputed(*this, input) : Forward(input);
}

void Block::ChangeInput(std::function<at::Tensor(const at::Tensor&)> change) {
  if (change_) {
    change = [first = std::move(change_), then = std::move(change)](
                 const at::Tensor& input) { return then(first(input)); };
  }
  change_ = std::move(change);
}

ObserverScope::ObserverScope(Observer* observer)
    : observer_(observer),
      outer_(std::exchange(innermost, this)),
      path_begin_(observed_path.size()) {}

ObserverScope::~ObserverScope() { innermost = outer_; }

bool Observed() { return innermost != nullptr && innermost->observes(); }

bool TensorsAreKept() {
  bool kept = false;
  ObserverScope::ForEach(observed_path,
                         [&kept](const Observer& observer, std::string_view) {
                           kept |= observer.KeepsTensors();
                         });
  return kept;
}

}  // namespace toque
