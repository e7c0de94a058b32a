#include "framework/weights/tensor_view.h"

#include <algorithm>
#include <cstring>

#include "ATen/ops/empty.h"
#include "ATen/ops/from_blob.h"
#include "absl/strings/str_join.h"

namespace toque {
namespace {

constexpr size_t kMaxDimensions = 64;  // as in LibTorch's iterators
constexpr int64_t kMaxShared = int64_t{1} << 20;
constexpr uintptr_t kAlignment = 8;

// How far a tensor reaches, in elements.
struct Reach {
  int64_t count = 1;  // of elements
  int64_t end = 0;    // after the last one
};

absl::StatusOr<Reach> ReachOf(int64_t offset, const std::vector<int64_t>& sizes,
                              const std::vector<int64_t>& strides) {
  Reach reach;
  int64_t padded = 1;  // sizes of 0 counted as 1, as LibTorch multiplies both
  int64_t last = offset;
  bool overflow = offset < 0 || sizes.size() > kMaxDimensions;
  for (size_t i = 0; i < sizes.size() && !overflow; ++i) {
    int64_t step = 0;
    const int64_t steps = std::max<int64_t>(sizes[i] - 1, 0);
    overflow = sizes[i] < 0 || strides[i] < 0 ||
               __builtin_mul_overflow(padded, std::max<int64_t>(sizes[i], 1),
                                      &padded) ||
               __builtin_mul_overflow(steps, strides[i], &step) ||
               __builtin_add_overflow(last, step, &last);
    if (!overflow) reach.count *= sizes[i];
  }
  // Bytes of any type fit, too.
  constexpr int64_t kMost = int64_t{1} << 58;
  if (!overflow && padded < kMost && last < kMost) {
    reach.end = reach.count == 0 ? 0 : last + 1;
    return reach;
  }
  return Invalid(
      "offset, sizes and strides must be at least 0, of at most 64 dimensions "
      "and fewer than 2^58 elements",
      absl::StrCat(offset, ", [", absl::StrJoin(sizes, ", "), "], [",
                   absl::StrJoin(strides, ", "), "]"));
}

}  // namespace

Bytes Aligned(const Bytes& bytes) {
  const auto start = reinterpret_cast<uintptr_t>(bytes.view.data());
  if (bytes.view.empty() || start % kAlignment == 0) return bytes;
  const at::Tensor copy =
      at::empty({static_cast<int64_t>(bytes.view.size())}, at::kByte);
  std::memcpy(copy.mutable_data_ptr(), bytes.view.data(), bytes.view.size());
  return {copy, TextOf(copy)};
}

absl::StatusOr<at::Tensor> TensorIn(const Bytes& storage, at::ScalarType type,
                                    int64_t offset,
                                    const std::vector<int64_t>& sizes,
                                    const std::vector<int64_t>& strides) {
  ASSIGN_OR_RETURN(const Reach reach, ReachOf(offset, sizes, strides));
  if (reach.count == 0) return at::empty(sizes, type);
  const size_t width = c10::elementSize(type);
  const auto elements = static_cast<int64_t>(storage.view.size() / width);
  if (reach.end > elements) {
    return Invalid(
        absl::StrCat("must lie in the ", elements, " elements of its storage"),
        absl::StrCat("elements up to ", reach.end));
  }
  if (reach.count > std::max(reach.end - offset, kMaxShared)) {
    return Invalid("elements that share their bytes must be at most 2^20",
                   reach.count);
  }
  const char* start = storage.view.data() + static_cast<size_t>(offset) * width;
  const char* end =
      storage.view.data() + static_cast<size_t>(reach.end) * width;
  if (type == at::kBool && std::any_of(start, end, [](char byte) {
        return static_cast<unsigned char>(byte) > 1;
      })) {
    return Invalid("must hold zeros and ones");
  }
  const auto keep = [owner = storage.owner](void*) {};
  return at::from_blob(const_cast<char*>(start), sizes, strides, keep, type);
}

absl::StatusOr<std::vector<int64_t>> DenseStrides(
    const std::vector<int64_t>& sizes, bool columns) {
  std::vector<int64_t> strides(sizes.size());
  int64_t stride = 1;
  for (size_t i = 0; i < sizes.size(); ++i) {
    const size_t dimension = columns ? i : sizes.size() - 1 - i;
    strides[dimension] = stride;
    const int64_t size = std::max<int64_t>(sizes[dimension], 1);
    if (sizes[dimension] < 0 || __builtin_mul_overflow(stride, size, &stride)) {
      return Invalid("sizes must be at least 0 and multiply to below 2^63",
                     absl::StrCat("[", absl::StrJoin(sizes, ", "), "]"));
    }
  }
  return strides;
}

}  // namespace toque
