// The memory of one batch, which examples are written straight into.

#ifndef TOQUE_FRAMEWORK_LOADER_BATCH_MEMORY_H_
#define TOQUE_FRAMEWORK_LOADER_BATCH_MEMORY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "framework/core/batch.h"
#include "framework/core/example.h"
#include "framework/status.h"

namespace toque {

// What all examples of a loader have in common.
struct ExampleForm {
  std::vector<int64_t> shape;  // of one view
  at::ScalarType type = at::kFloat;
  int64_t views = 1;
  TargetKind target_kind = TargetKind::kLabel;
  int64_t target_size = 1;
  at::ScalarType target_type = at::kLong;

  static ExampleForm Of(const Example& example);
  bool operator==(const ExampleForm&) const = default;
  std::string ToString() const;
};

class BatchMemory {
 public:
  BatchMemory(const ExampleForm& form, int64_t size, bool pinned);

  int64_t size() const { return static_cast<int64_t>(batch_.index.size()); }
  // Takes new memory where somebody still holds the old one. True when it did.
  bool Renew();
  // The places in the data set of its examples, which are set before they are
  // written.
  std::vector<int64_t>& index() { return batch_.index; }
  // Writes an example of this form as row `row`; different rows may be written
  // by different threads at once. An error for another form, or for a label
  // that is neither kIgnoredLabel nor in 0 .. label_limit-1 (0: any from 0 on).
  absl::Status Write(int64_t row, const Example& example, int64_t label_limit);
  const Batch& batch() const { return batch_; }

 private:
  void Allocate();
  absl::Status WriteTarget(int64_t row, const Example& example,
                           int64_t label_limit);

  const ExampleForm& form_;
  bool pinned_;
  Batch batch_;
  // The memory of batch_, so that writing asks no tensor for it.
  std::byte* input_ = nullptr;
  std::byte* target_ = nullptr;
  size_t row_bytes_ = 0;
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_LOADER_BATCH_MEMORY_H_
