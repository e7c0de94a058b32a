#include "framework/loader/epoch_order.h"

#include <numeric>
#include <utility>

#include "framework/guarded.h"

namespace toque {

absl::Status EpochOrder::Open() {
  if (options_.sampler != nullptr && options_.sampler->NeedsLabels()) {
    ASSIGN_OR_RETURN(labels_, options_.dataset->Labels());
    labels_ = {labels_.begin() + options_.begin,
               labels_.begin() + options_.end};
  }
  ASSIGN_OR_RETURN(const auto* order, Of(options_.epoch));
  size_ = static_cast<int64_t>(order->size());
  if (size_ == 0) return Invalid("the sampler must pick examples", size_);
  return absl::OkStatus();
}

absl::StatusOr<const std::vector<int64_t>*> EpochOrder::Of(int64_t epoch) {
  if (epoch == epoch_) return &order_;
  epoch_ = -1;
  if (epoch == prepared_epoch_ && !prepared_.empty()) {
    order_.swap(prepared_);
    prepared_.clear();
  } else {
    RETURN_IF_ERROR(Make(epoch, &order_));
  }
  const auto size = static_cast<int64_t>(order_.size());
  if (size_ != 0 && size != size_) {
    return Invalid(absl::StrCat("epoch ", epoch, " must have ", size_,
                                " examples as the first"),
                   size);
  }
  epoch_ = epoch;
  return &order_;
}

void EpochOrder::BeginPrepare(int64_t epoch) {
  preparing_ = true;
  prepared_epoch_ = epoch;
}

void EpochOrder::Prepare() {
  const absl::Status status =
      Guarded([this] { return Make(prepared_epoch_, &prepared_); });
  if (!status.ok()) prepared_.clear();
}

absl::Status EpochOrder::Make(int64_t epoch,
                              std::vector<int64_t>* order) const {
  const int64_t size = options_.end - options_.begin;
  if (options_.sampler == nullptr) {
    order->resize(static_cast<size_t>(size));
    std::iota(order->begin(), order->end(), options_.begin);
    return absl::OkStatus();
  }
  Rng rng(options_.seed, options_.training ? static_cast<uint64_t>(epoch) : 0,
          0, static_cast<uint64_t>(Stream::kOrder));
  RETURN_IF_ERROR(options_.sampler->Sample({size, labels_}, rng, order));
  for (int64_t& pick : *order) {
    if (pick < 0 || pick >= size) {
      return Invalid(absl::StrCat("picks must be in 0 .. ", size - 1), pick);
    }
    pick += options_.begin;
  }
  return absl::OkStatus();
}

}  // namespace toque
