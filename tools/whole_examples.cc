#include "tools/whole_examples.h"

#include <utility>

#include "ATen/core/Tensor.h"
#include "ATen/ops/tensor.h"
#include "absl/strings/match.h"

namespace toque {
namespace {

// Leaves the rows `kept` alone.
void Keep(const std::vector<int64_t>& kept, Batch* batch) {
  const at::Tensor rows = at::tensor(kept, at::kLong);
  batch->input = batch->input.unflatten(0, {-1, batch->views})
                     .index_select(0, rows)
                     .flatten(0, 1);
  batch->target = batch->target.index_select(0, rows);
  std::vector<int64_t> index;
  for (const int64_t row : kept) {
    index.push_back(batch->index[static_cast<size_t>(row)]);
  }
  batch->index = std::move(index);
}

}  // namespace

absl::StatusOr<WholeExamples> WholeExamples::Start(LoaderOptions options) {
  // A loader refuses a batch of broken examples alone, unless each of them is
  // replaced; the replacement shows by its index.
  options.on_broken = OnBroken::kReplace;
  options.replacements = options.end - options.begin;
  auto loader = Loader::Start(options);
  if (loader.ok()) return WholeExamples(options, *std::move(loader));
  if (!absl::StrContains(loader.status().message(), "must be whole")) {
    return loader.status();
  }
  return Broken(absl::StrCat("an example must be whole, all ",
                             options.replacements, " are broken"));
}

WholeExamples::WholeExamples(const LoaderOptions& options,
                             std::unique_ptr<Loader> loader)
    : loader_(std::move(loader)),
      batch_size_(options.batch_size),
      next_(options.begin) {}

absl::Status WholeExamples::Next(Batch* batch) {
  RETURN_IF_ERROR(loader_->Next(batch));
  std::vector<int64_t> kept;
  for (int64_t row = 0; row < batch->size(); ++row) {
    const bool whole = batch->index[static_cast<size_t>(row)] == next_ + row;
    if (whole) kept.push_back(row);
  }
  next_ += batch_size_;
  if (static_cast<int64_t>(kept.size()) < batch->size()) Keep(kept, batch);
  return absl::OkStatus();
}

}  // namespace toque
