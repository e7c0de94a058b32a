// Files of tensors in the format of huggingface/safetensors: the length of a
// header (8 bytes, little endian), the header (JSON), the tensors' bytes.

#ifndef TOQUE_FRAMEWORK_WEIGHTS_SAFETENSORS_H_
#define TOQUE_FRAMEWORK_WEIGHTS_SAFETENSORS_H_

#include <functional>
#include <map>
#include <string>

#include "ATen/core/Tensor.h"
#include "framework/core/state.h"
#include "framework/status.h"

namespace toque {

using Metadata = std::map<std::string, std::string, std::less<>>;

struct Safetensors {
  State state;
  Metadata metadata;
};

// Reads a file of any writer. Nothing that it claims is believed before it is
// checked; a file of WriteSafetensors is checked as a whole by its digest.
// Errors name the file, and the tensor that is at fault. The tensors own their
// memory, on the CPU.
absl::StatusOr<Safetensors> ReadSafetensors(const std::string& path);

// As ReadSafetensors, from a file's bytes: uint8 [n]. The tensors may be views
// of them.
absl::StatusOr<Safetensors> ParseSafetensors(const at::Tensor& bytes);

// Writes a file that is either whole or not there, whatever happens on the way.
// The same tensors and metadata make the same bytes, those of the Python
// library but for a digest, which stands under "xxh3" in the metadata: XXH3, 64
// bits, of the file with zeros in place of its 16 digits.
absl::Status WriteSafetensors(const std::string& path, const State& state,
                              const Metadata& metadata = {});

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_WEIGHTS_SAFETENSORS_H_
