// One plugin and more of each kind, by name alone: none of them can be made.
// For tests of what reads, changes and prints experiments.

#include "framework/core/registry.h"
#include "framework/testing/test_plugins.pb.h"

namespace toque {
namespace {

template <typename Options>
bool RegisterName(std::string_view kind) {
  return Register({kind, &Options::descriptor, nullptr, "", ""});
}

[[maybe_unused]] const bool registered = [] {
  RegisterName<test::Net>("model");
  RegisterName<test::Linear>("model");
  RegisterName<test::Distance>("loss");
  RegisterName<test::Descent>("optimizer");
  RegisterName<test::Points>("dataset");
  RegisterName<test::InOrder>("sampler");
  RegisterName<test::Shift>("transform");
  RegisterName<test::Mirror>("transform");
  RegisterName<test::Blend>("batch_transform");
  RegisterName<test::Log>("hook");
  RegisterName<test::Halt>("hook");
  return true;
}();

}  // namespace
}  // namespace toque
