// Lets long work on a thread end early.

#ifndef TOQUE_FRAMEWORK_STOP_H_
#define TOQUE_FRAMEWORK_STOP_H_

#include <atomic>

namespace toque {

// While it lives, MustStop() in its thread is what `stop` says. Scopes nest;
// `stop` outlives the scope.
class StopScope {
 public:
  explicit StopScope(const std::atomic<bool>& stop);
  ~StopScope();
  StopScope(const StopScope&) = delete;
  StopScope& operator=(const StopScope&) = delete;

 private:
  const std::atomic<bool>* const outer_;
};

// Whether nobody waits any more for what this thread is doing; false outside of
// a scope.
bool MustStop();

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_STOP_H_
