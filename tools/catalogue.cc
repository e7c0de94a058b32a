// Tells the registry of every plugin in the tree, so that an experiment that
// names one which isn't linked in can be told what to add.

#include <string>
#include <utility>
#include <vector>

#include "framework/core/registry.h"

namespace toque {
namespace {

[[maybe_unused]] const bool set_before_main = [] {
  std::vector<std::string> folders = {
#include "catalogue/names.inc"
  };
  SetCatalogue(std::move(folders));
  return true;
}();

}  // namespace
}  // namespace toque
