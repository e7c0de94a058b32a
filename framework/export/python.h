// Models as source text of Python.

#ifndef TOQUE_FRAMEWORK_EXPORT_PYTHON_H_
#define TOQUE_FRAMEWORK_EXPORT_PYTHON_H_

#include <string>

#include "framework/core/state.h"
#include "framework/export/metadata.h"
#include "framework/export/trace.h"

namespace toque {

// A module of plain PyTorch with a class Net, whose state_dict() has the names
// of the model's parameters and buffers. In training mode dropout and batch
// norms train; attention's dropout and DropPath do not, which the trace of
// evaluation leaves out. CLASSES, a list, and TRANSFORMS, a text, are the
// metadata, empty where they aren't known.
std::string PythonModule(const Trace& trace, const NetMetadata& metadata = {});

// What Net.load_state_dict takes.
State StateOf(const Trace& trace);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_EXPORT_PYTHON_H_
