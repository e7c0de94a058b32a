// What reader and writer of safetensors share.

#ifndef TOQUE_FRAMEWORK_WEIGHTS_SAFETENSORS_FORMAT_H_
#define TOQUE_FRAMEWORK_WEIGHTS_SAFETENSORS_FORMAT_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "c10/core/ScalarType.h"

typedef struct XXH3_state_s XXH3_state_t;

namespace toque::safetensors {

// An element type as a header names it.
struct ElementType {
  std::string_view name;
  at::ScalarType type;
};

// In the order of the Python library, which stores the last of them first: no
// type is wider than one after it, so every tensor is aligned. Those of
// Python's that LibTorch lacks are left out: F4, F6.
inline constexpr ElementType kElementTypes[] = {
    {"BOOL", at::kBool},
    {"U8", at::kByte},
    {"I8", at::kChar},
    {"F8_E5M2", at::kFloat8_e5m2},
    {"F8_E4M3", at::kFloat8_e4m3fn},
    {"F8_E8M0", at::kFloat8_e8m0fnu},
    {"I16", at::kShort},
    {"U16", at::kUInt16},
    {"F16", at::kHalf},
    {"BF16", at::kBFloat16},
    {"I32", at::kInt},
    {"U32", at::kUInt32},
    {"F32", at::kFloat},
    {"C64", at::kComplexFloat},
    {"F64", at::kDouble},
    {"I64", at::kLong},
    {"U64", at::kUInt64},
};

// The bytes before the header: its length.
inline constexpr size_t kLengthBytes = 8;
inline constexpr const char* kMetadata = "__metadata__";

// How a file of ours begins, after the length. The digest has two keys, so that
// a flipped bit in one of them can't hide it.
inline constexpr std::string_view kDigestStart =
    R"({"__metadata__":{"digest":"xxh3","xxh3":")";
inline constexpr size_t kDigestDigits = 16;
inline constexpr std::string_view kNoDigest = "0000000000000000";

// XXH3 of bytes that come in parts.
class Digest {
 public:
  Digest();
  ~Digest();
  Digest(const Digest&) = delete;
  Digest& operator=(const Digest&) = delete;

  void Add(const void* data, size_t size);
  void Add(std::string_view bytes) { Add(bytes.data(), bytes.size()); }
  // 16 digits, of all that was added.
  std::string Hex() const;

 private:
  XXH3_state_t* state_;
};

}  // namespace toque::safetensors

#endif  // TOQUE_FRAMEWORK_WEIGHTS_SAFETENSORS_FORMAT_H_
