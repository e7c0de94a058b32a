#include "framework/layers/block.h"

#include <sstream>

#include "framework/layers/recompute.h"

namespace toque {
namespace {

thread_local Observer* observer = nullptr;
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

at::Tensor Block::operator()(const at::Tensor& input) {
  try {
    if (observer == nullptr) return Call(input);
    const PathStep step(own_name_);
    const at::Tensor output = Call(input);
    observer->Called(observed_path, *this, input, output);
    return output;
  } catch (const LayerError& error) {
    throw error.Within(own_name_);
  } catch (const c10::Error& error) {
    throw ErrorIn(*this, input, error.what_without_backtrace());
  }
}

at::Tensor Block::Call(const at::Tensor& input) {
  const bool recompute = recompute_ && at::GradMode::is_enabled();
  return recompute ? ForwardRecomputed(*this, input) : Forward(input);
}

ObserverScope::ObserverScope(Observer* next)
    : previous_(std::exchange(observer, next)),
      previous_path_(std::exchange(observed_path, "")) {}

ObserverScope::~ObserverScope() {
  observer = previous_;
  observed_path = previous_path_;
}

bool Observed() { return observer != nullptr; }

}  // namespace toque
