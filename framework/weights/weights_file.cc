#include "framework/weights/weights_file.h"

#include <utility>

#include "framework/archive/little_endian.h"
#include "framework/archive/zip_archive.h"
#include "framework/weights/mapped_file.h"
#include "framework/weights/npz.h"
#include "framework/weights/tensor_view.h"
#include "framework/weights/torch_file.h"

namespace toque {
namespace {

constexpr std::string_view kZip("PK\3\4");
constexpr std::string_view kPickle("\x80");

bool IsNpz(std::string_view bytes) {
  // The first entry's name, at most as long as its header says.
  if (bytes.size() < 30) return false;
  const std::string_view name = bytes.substr(30, LittleEndian(bytes, 26, 2));
  return name.ends_with(".npy");
}

bool IsTar(std::string_view bytes) {
  return bytes.size() > 262 && bytes.substr(257, 5) == "ustar";
}

absl::StatusOr<WeightsFile> OfSafetensors(const at::Tensor& bytes,
                                          std::string_view key) {
  ASSIGN_OR_RETURN(Safetensors parsed, ParseSafetensors(bytes));
  const auto format = parsed.metadata.find("format");
  const bool checkpoint =
      format != parsed.metadata.end() && format->second.starts_with("toque/");
  if (key.empty() && checkpoint) key = "model";
  WeightsFile file;
  file.format = "safetensors";
  file.metadata = std::move(parsed.metadata);
  // A model's tensors alone are no checkpoint any more.
  if (checkpoint && key != ".") file.metadata["format"] = "pt";
  const bool part = !key.empty() && key != ".";
  const State state = part ? parsed.state.Part(key) : std::move(parsed.state);
  for (const auto& [name, tensor] : state.tensors()) {
    file.tensors.emplace_back(name, tensor);
  }
  if (!part || !file.tensors.empty()) return file;
  return Invalid(
      "key must be what the names of tensors begin with, before a "
      "dot",
      View(key));
}

absl::StatusOr<WeightsFile> OfNpz(const at::Tensor& bytes,
                                  std::string_view key) {
  WeightsFile file;
  file.format = "npz";
  if (!key.empty() && key != ".") {
    return Invalid("key must not be given for npz", View(key));
  }
  ASSIGN_OR_RETURN(file.tensors, ParseNpz(bytes));
  return file;
}

}  // namespace

absl::StatusOr<WeightsFile> ParseWeights(const at::Tensor& bytes,
                                         std::string_view key) {
  const std::string_view text = TextOf(bytes);
  // First, as the length before it may begin like any of the others.
  if (text.size() > 8 && text[8] == '{') return OfSafetensors(bytes, key);
  if (text.starts_with(kZip)) {
    return IsNpz(text) ? OfNpz(bytes, key) : ParseTorchZip(bytes, key);
  }
  if (text.starts_with(kPickle)) return ParseTorchLegacy(bytes, key);
  if (IsTar(text)) {
    return Invalid(
        "must not be the tar of PyTorch before 0.1.10: load it in Python and "
        "save it again");
  }
  return Invalid(
      "is no file of weights, or is cut off: must be safetensors, npz or of "
      "torch.save");
}

absl::StatusOr<WeightsFile> ReadWeights(const std::string& path,
                                        std::string_view key) {
  ASSIGN_OR_RETURN(const at::Tensor bytes, MapFile(path));
  auto file = ParseWeights(bytes, key);
  if (!file.ok()) return AtPlace(file.status(), path);
  return file;
}

absl::Status WriteWeights(const std::string& path, const WeightsFile& file) {
  if (path.ends_with(".pth") || path.ends_with(".pt")) {
    return WriteTorchFile(path, file.tensors);
  }
  if (!path.ends_with(".safetensors")) {
    return Invalid("the name must end in .safetensors, .pth or .pt", path);
  }
  State state;
  for (const auto& [name, tensor] : file.tensors) state.Set(name, tensor);
  return WriteSafetensors(path, state, file.metadata);
}

}  // namespace toque
