// Files as memory.

#ifndef TOQUE_FRAMEWORK_WEIGHTS_MAPPED_FILE_H_
#define TOQUE_FRAMEWORK_WEIGHTS_MAPPED_FILE_H_

#include <string>

#include "ATen/core/Tensor.h"
#include "framework/status.h"

namespace toque {

// The bytes of a file, uint8 [n], as a private mapping that lives as long as
// the tensor or a view that keeps it: nothing is read before it is looked at,
// and what is written there doesn't reach the file. Looking at bytes that the
// file has lost since ends the process (SIGBUS).
absl::StatusOr<at::Tensor> MapFile(const std::string& path);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_WEIGHTS_MAPPED_FILE_H_
