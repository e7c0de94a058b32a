// The memory of one batch, which examples are written straight into.

#ifndef TOQUE_FRAMEWORK_LOADER_BATCH_MEMORY_H_
#define TOQUE_FRAMEWORK_LOADER_BATCH_MEMORY_H_

#include <cstdint>
#include <vector>

#include "framework/core/batch.h"
#include "framework/core/example.h"
#include "framework/loader/example_form.h"
#include "framework/status.h"

namespace toque {

class BatchMemory {
 public:
  BatchMemory(const ExampleForm& form, int64_t size, bool pinned);

  int64_t size() const { return size_; }
  // Gets ready for other examples; takes new memory where somebody still holds
  // the old one. True when it did.
  bool Renew();
  // The places in the data set of its examples, size() of them until some are
  // left out.
  std::vector<int64_t>& index() { return batch_.index; }
  // Writes an example of this form as row `row`; different rows may be written
  // by different threads at once. An error for another form, or for a label
  // that is neither kIgnoredLabel nor in 0 .. label_limit-1 (0: any from 0 on).
  absl::Status Write(int64_t row, const Example& example, int64_t label_limit);
  // Takes a row out of the batch, as Write but before Close.
  void LeaveOut(int64_t row) { left_out_[static_cast<size_t>(row)] = 1; }
  // Moves rows up to where others were left out, when all are written. Returns
  // how many there are.
  int64_t Close();
  // What it holds, over what `batch` held.
  void Lend(Batch* batch) const;

 private:
  void Allocate();
  absl::Status WriteInput(int64_t row, const Example& example);
  absl::Status WriteTarget(int64_t row, const Example& example,
                           int64_t label_limit);
  void Move(int64_t from, int64_t to);
  absl::Status Unlike(const Example& example) const;

  const ExampleForm& form_;
  const int64_t size_;
  const bool pinned_;
  // Tensors of all rows; an index of those that are not left out.
  Batch batch_;
  std::vector<uint8_t> left_out_;  // by row
  // The memory of batch_, so that writing asks no tensor for it.
  std::byte* input_ = nullptr;
  std::byte* target_ = nullptr;
  size_t row_bytes_ = 0;
  size_t image_bytes_ = 0;
  size_t target_bytes_ = 0;  // of a row
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_LOADER_BATCH_MEMORY_H_
