// Weights that come with the build.

#ifndef TOQUE_FRAMEWORK_WEIGHTS_BUILTIN_WEIGHTS_H_
#define TOQUE_FRAMEWORK_WEIGHTS_BUILTIN_WEIGHTS_H_

#include <string>
#include <string_view>

#include "framework/status.h"

namespace toque {

// Whether `file` is a name, as "efficientnet_lite0", and no path: it has
// neither slash nor dot.
bool IsBuiltinName(std::string_view file);

// The transforms of evaluation that such weights were trained for, as in a
// section of an experiment; empty where the name isn't known.
std::string_view BuiltinTransforms(std::string_view name);

// The path of such weights in this program's runfiles. They are there where its
// BUILD has "//framework/weights/pretrained:NAME" in `data`; the error says so.
absl::StatusOr<std::string> FindBuiltinWeights(std::string_view name);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_WEIGHTS_BUILTIN_WEIGHTS_H_
