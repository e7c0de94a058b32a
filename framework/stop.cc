#include "framework/stop.h"

#include <utility>

namespace toque {
namespace {

thread_local const std::atomic<bool>* innermost = nullptr;

}  // namespace

StopScope::StopScope(const std::atomic<bool>& stop)
    : outer_(std::exchange(innermost, &stop)) {}

StopScope::~StopScope() { innermost = outer_; }

bool MustStop() {
  return innermost != nullptr && innermost->load(std::memory_order_relaxed);
}

}  // namespace toque
