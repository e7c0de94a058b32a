// Files of weights, whoever wrote them.

#ifndef TOQUE_FRAMEWORK_WEIGHTS_WEIGHTS_FILE_H_
#define TOQUE_FRAMEWORK_WEIGHTS_WEIGHTS_FILE_H_

#include <string>
#include <string_view>

#include "framework/core/state.h"
#include "framework/status.h"
#include "framework/weights/safetensors.h"

namespace toque {

struct WeightsFile {
  std::string format;    // "safetensors", "torch zip", "torch legacy" or "npz"
  NamedTensors tensors;  // names are unique; in the file's order, if it has one
  Metadata metadata;     // what stood beside them, as text: {"epoch", "12"}
};

// Reads safetensors, what torch.save writes (the zip and the legacy form) and
// npz, told apart by their content. Nothing in a file is executed and nothing
// that it claims is believed: what is broken or foreign is an error that begins
// with the path.
//
// Nested dicts and lists are flattened, their keys joined by ".". Of a training
// checkpoint the model's part is taken: what stands under "state_dict",
// "model_state_dict" or "model" in Python's, under "model." in Toque's. `key`
// names another part, "ema.model"; "." is the whole.
//
// Damage is found where a checksum tells of it: of our own safetensors the
// digest, of npz the CRC. Values of torch's files and of safetensors of others
// have none that is compared.
//
// Tensors are on the CPU, whatever device they were saved from. Where the
// format allows it they are views of a private mapping of the file, which lives
// as long as one of them; writing to them doesn't change the file. The file
// must not be cut short or overwritten in that time: reading past its new end
// ends the process (SIGBUS). A file that is replaced by renaming, as our
// writers do, is safe.
absl::StatusOr<WeightsFile> ReadWeights(const std::string& path,
                                        std::string_view key = "");

// As above, from a file's bytes: uint8 [n]. Tensors may be views of them.
absl::StatusOr<WeightsFile> ParseWeights(const at::Tensor& bytes,
                                         std::string_view key = "");

// In the format that the name ends in: .safetensors, or .pth and .pt, which
// torch.load(weights_only=True) takes. Metadata stand in safetensors only.
absl::Status WriteWeights(const std::string& path, const WeightsFile& file);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_WEIGHTS_WEIGHTS_FILE_H_
