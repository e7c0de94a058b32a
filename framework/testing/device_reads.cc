#include "framework/testing/device_reads.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

#include "ATen/record_function.h"

namespace toque {
namespace {

constexpr std::array<std::string_view, 5> kWaiting = {
    "aten::_local_scalar_dense", "aten::bincount", "aten::masked_select",
    "aten::nonzero", "aten::unique_consecutive"};

thread_local int64_t reads = 0;

std::unique_ptr<at::ObserverContext> Count(const at::RecordFunction& function) {
  reads += std::count(kWaiting.begin(), kWaiting.end(), function.name());
  return nullptr;
}

}  // namespace

int64_t DeviceReads(const std::function<void()>& work) {
  reads = 0;
  const auto handle = at::addThreadLocalCallback(
      at::RecordFunctionCallback(Count).scopes({at::RecordScope::FUNCTION}));
  work();
  at::removeCallback(handle);
  return reads;
}

}  // namespace toque
