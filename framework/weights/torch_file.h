// Files of torch.save: the zip form of PyTorch 1.6 and the legacy form before.

#ifndef TOQUE_FRAMEWORK_WEIGHTS_TORCH_FILE_H_
#define TOQUE_FRAMEWORK_WEIGHTS_TORCH_FILE_H_

#include <string>
#include <string_view>

#include "framework/core/state.h"
#include "framework/status.h"
#include "framework/weights/weights_file.h"

namespace toque {

// From a file's bytes, uint8 [n]; see ReadWeights for `key`.
absl::StatusOr<WeightsFile> ParseTorchZip(const at::Tensor& bytes,
                                          std::string_view key);
absl::StatusOr<WeightsFile> ParseTorchLegacy(const at::Tensor& bytes,
                                             std::string_view key);

// Writes a zip that torch.load(path, weights_only=True) takes, an OrderedDict
// of tensors in that order; whole or not there, and the same bytes for the same
// tensors. Tensors that share memory are written apart.
absl::Status WriteTorchFile(const std::string& path,
                            const NamedTensors& tensors);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_WEIGHTS_TORCH_FILE_H_
