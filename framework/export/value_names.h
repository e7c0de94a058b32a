// Names for what operations compute.

#ifndef TOQUE_FRAMEWORK_EXPORT_VALUE_NAMES_H_
#define TOQUE_FRAMEWORK_EXPORT_VALUE_NAMES_H_

#include <string>
#include <vector>

#include "framework/export/trace.h"

namespace toque {

// A name for each of trace.values, words of Python that differ from each other:
// "x" for the input, a parameter's own name, "layer1_0_conv1" for what a layer
// computes, the operation's name for what the model itself does.
std::vector<std::string> NamesOf(const Trace& trace);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_EXPORT_VALUE_NAMES_H_
