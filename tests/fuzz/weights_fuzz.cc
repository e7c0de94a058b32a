// Bytes as a file of weights: pickles, zip archives, arrays of NumPy.

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "ATen/ops/empty.h"
#include "framework/weights/weights_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const at::Tensor bytes = at::empty({static_cast<int64_t>(size)}, at::kByte);
  if (size > 0) std::memcpy(bytes.mutable_data_ptr(), data, size);
  const auto file = toque::ParseWeights(bytes);
  if (!file.ok()) return 0;
  // Every byte that a tensor shows must be there.
  for (const auto& [name, tensor] : file->tensors) (void)tensor.clone();
  return 0;
}
