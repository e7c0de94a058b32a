// The order of the examples of each epoch.

#ifndef TOQUE_FRAMEWORK_LOADER_EPOCH_ORDER_H_
#define TOQUE_FRAMEWORK_LOADER_EPOCH_ORDER_H_

#include <cstdint>
#include <vector>

#include "framework/loader/loader.h"

namespace toque {

// Not safe for several threads.
class EpochOrder {
 public:
  explicit EpochOrder(const LoaderOptions& options) : options_(options) {}

  // Makes the order of options.epoch.
  absl::Status Open();
  // Places in the data set, valid until another epoch is asked for. Every epoch
  // must be as long as the first.
  absl::StatusOr<const std::vector<int64_t>*> Of(int64_t epoch);
  int64_t size() const { return size_; }

 private:
  absl::Status Make(int64_t epoch);

  const LoaderOptions& options_;
  std::vector<int64_t> labels_;
  int64_t size_ = 0;
  int64_t epoch_ = -1;  // whose order this is
  std::vector<int64_t> order_;
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_LOADER_EPOCH_ORDER_H_
