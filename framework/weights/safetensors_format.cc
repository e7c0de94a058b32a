#include "framework/weights/safetensors_format.h"

#include "absl/strings/str_cat.h"
#include "xxhash.h"

namespace toque::safetensors {

Digest::Digest() : state_(XXH3_createState()) { XXH3_64bits_reset(state_); }

Digest::~Digest() { XXH3_freeState(state_); }

void Digest::Add(const void* data, size_t size) {
  XXH3_64bits_update(state_, data, size);
}

std::string Digest::Hex() const {
  return absl::StrCat(absl::Hex(XXH3_64bits_digest(state_), absl::kZeroPad16));
}

}  // namespace toque::safetensors
