// The same batch for ever, so that only the step is measured.

#ifndef TOQUE_TESTS_BENCHMARKS_FIXED_LOADER_H_
#define TOQUE_TESTS_BENCHMARKS_FIXED_LOADER_H_

#include <cstdint>
#include <utility>

#include "framework/loader/loader.h"

namespace toque {

class FixedLoader : public Loader {
 public:
  explicit FixedLoader(Batch batch) : batch_(std::move(batch)) {}

  absl::Status Next(Batch* batch) override {
    *batch = batch_;
    return absl::OkStatus();
  }
  int64_t batches_per_epoch() const override { return int64_t{1} << 40; }
  int64_t examples_per_epoch() const override { return int64_t{1} << 50; }
  int64_t allocations() const override { return 0; }

 private:
  Batch batch_;
};

}  // namespace toque

#endif  // TOQUE_TESTS_BENCHMARKS_FIXED_LOADER_H_
