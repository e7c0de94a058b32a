#include "framework/tensors/collate.h"

#include <algorithm>
#include <string>

#include "ATen/ops/cat.h"
#include "ATen/ops/full.h"
#include "ATen/ops/stack.h"
#include "ATen/ops/tensor.h"
#include "framework/core/dtype.h"
#include "framework/tensors/describe.h"

namespace toque {
namespace {

// "[*, 5]": the first axis may have any size.
std::string AnyLength(at::IntArrayRef shape) {
  std::string text = "[*";
  for (const int64_t size : shape.slice(1)) absl::StrAppend(&text, ", ", size);
  return text + "]";
}

enum class FirstAxis { kEqual, kAny };

absl::Status CheckLike(const at::Tensor& first, const at::Tensor& example,
                       FirstAxis axis) {
  if (example.scalar_type() != first.scalar_type()) {
    return Invalid(absl::StrCat("must be ", DTypeName(first.scalar_type())),
                   DTypeName(example.scalar_type()));
  }
  const bool any = axis == FirstAxis::kAny;
  const at::IntArrayRef want = first.sizes();
  const at::IntArrayRef got = example.sizes();
  const size_t skipped = any ? 1 : 0;
  if (got.size() == want.size() && got.slice(skipped) == want.slice(skipped)) {
    return absl::OkStatus();
  }
  return Invalid(
      absl::StrCat("must have shape ", any ? AnyLength(want) : ShapeText(want)),
      ShapeText(got));
}

absl::Status CheckAlike(const std::vector<at::Tensor>& examples,
                        FirstAxis axis) {
  if (examples.empty()) return Invalid("there must be an example");
  if (axis == FirstAxis::kAny && examples[0].dim() == 0) {
    return Invalid("examples must have an axis", "a scalar");
  }
  for (size_t i = 1; i < examples.size(); ++i) {
    const absl::Status fits = CheckLike(examples[0], examples[i], axis);
    if (!fits.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("examples[", i, "] ", fits.message()));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<at::Tensor> Cat(const std::vector<at::Tensor>& examples) {
  RETURN_IF_ERROR(CheckAlike(examples, FirstAxis::kAny));
  return at::cat(examples);
}

absl::StatusOr<at::Tensor> Stack(const std::vector<at::Tensor>& examples) {
  RETURN_IF_ERROR(CheckAlike(examples, FirstAxis::kEqual));
  return at::stack(examples);
}

absl::StatusOr<PaddedBatch> PadStack(const std::vector<at::Tensor>& examples,
                                     double padding) {
  RETURN_IF_ERROR(CheckAlike(examples, FirstAxis::kAny));
  std::vector<int64_t> lengths;
  for (const at::Tensor& example : examples) lengths.push_back(example.size(0));
  std::vector<int64_t> shape = examples[0].sizes().vec();
  shape[0] = *std::ranges::max_element(lengths);
  shape.insert(shape.begin(), static_cast<int64_t>(examples.size()));
  PaddedBatch batch;
  batch.values = at::full(shape, padding, examples[0].options());
  for (size_t i = 0; i < examples.size(); ++i) {
    batch.values.select(0, static_cast<int64_t>(i))
        .narrow(0, 0, lengths[i])
        .copy_(examples[i]);
  }
  batch.lengths = at::tensor(lengths, at::kLong);
  return batch;
}

}  // namespace toque
