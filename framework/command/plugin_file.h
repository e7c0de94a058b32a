// Plugins that come as shared objects.

#ifndef TOQUE_FRAMEWORK_COMMAND_PLUGIN_FILE_H_
#define TOQUE_FRAMEWORK_COMMAND_PLUGIN_FILE_H_

#include <string>

#include "framework/status.h"

namespace toque {

// Loads the plugin in a shared object, which then stays to the program's end.
// For programs that share the framework with it (linkstatic = False), and
// before an experiment is parsed.
//
// None of the object's code runs before the stamp in it is read: it must have
// been built with this program's TOQUE_ABI, and no plugin of its name may be
// linked already, as protobuf ends a program with two. Errors begin with the
// path.
absl::Status LoadPlugin(const std::string& path);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_COMMAND_PLUGIN_FILE_H_
