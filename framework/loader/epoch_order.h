// The order of the examples of each epoch.

#ifndef TOQUE_FRAMEWORK_LOADER_EPOCH_ORDER_H_
#define TOQUE_FRAMEWORK_LOADER_EPOCH_ORDER_H_

#include <cstdint>
#include <vector>

#include "framework/loader/loader.h"

namespace toque {

// Safe for several threads under one lock, which Prepare alone does without.
class EpochOrder {
 public:
  explicit EpochOrder(const LoaderOptions& options) : options_(options) {}

  // Makes the order of options.epoch.
  absl::Status Open();
  // Places in the data set, valid until another epoch is asked for. Every epoch
  // must be as long as the first.
  absl::StatusOr<const std::vector<int64_t>*> Of(int64_t epoch);
  int64_t size() const { return size_; }

  // The order of an epoch may be made ahead, while others use the one before:
  // BeginPrepare, then Prepare without the lock, then EndPrepare. An epoch is
  // prepared once; an order that can't be made is Of's error.
  bool CanPrepare(int64_t epoch) const {
    return !preparing_ && prepared_epoch_ != epoch;
  }
  void BeginPrepare(int64_t epoch);
  void Prepare();
  void EndPrepare() { preparing_ = false; }
  bool preparing() const { return preparing_; }

 private:
  absl::Status Make(int64_t epoch, std::vector<int64_t>* order) const;

  const LoaderOptions& options_;
  std::vector<int64_t> labels_;
  int64_t size_ = 0;
  int64_t epoch_ = -1;  // whose order this is
  std::vector<int64_t> order_;
  bool preparing_ = false;
  int64_t prepared_epoch_ = -1;
  std::vector<int64_t> prepared_;  // empty where it could not be made
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_LOADER_EPOCH_ORDER_H_
