// What is known of a net beside its operations.

#ifndef TOQUE_FRAMEWORK_EXPORT_METADATA_H_
#define TOQUE_FRAMEWORK_EXPORT_METADATA_H_

#include <string>
#include <vector>

namespace toque {

// Empty is what isn't known.
struct NetMetadata {
  std::vector<std::string> class_names;  // in their order
  // What is done to an example before the net: text of an experiment.
  std::string transforms;
};

// A JSON array, where what is no UTF-8 is replaced.
std::string JsonOf(const std::vector<std::string>& texts);

// Statements of Python that give both to CLASSES and TRANSFORMS.
std::string PythonConstants(const NetMetadata& metadata);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_EXPORT_METADATA_H_
