// The data loader: threads that make batches ahead of the one that trains.
//
// Batches come in the sampler's order and have the same bytes for any number of
// threads: each random draw is a function of the seed, the epoch, the place in
// the epoch and the transform. Epochs run into each other, so that the first
// batch of the next one is being made while this one ends. Examples are written
// once, into the memory of their batch, which is reused as soon as nobody holds
// the batch any more.

#ifndef TOQUE_FRAMEWORK_LOADER_LOADER_H_
#define TOQUE_FRAMEWORK_LOADER_LOADER_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "framework/core/batch.h"
#include "framework/core/dataset.h"
#include "framework/core/sampler.h"
#include "framework/core/transform.h"

namespace toque {

// What is pointed to outlives the loader.
struct LoaderOptions {
  const Dataset* dataset = nullptr;
  // The part of the data set that is used.
  int64_t begin = 0;
  int64_t end = 0;
  const Sampler* sampler = nullptr;  // sequential without one
  std::vector<const Transform*> transforms;
  int64_t batch_size = 32;
  bool drop_last = false;
  int threads = 1;  // 0 works in the thread that calls Next
  uint64_t seed = 0;
  // Draws differ between epochs in training only.
  bool training = true;
  // Labels must be below it; 0: any.
  int64_t label_limit = 0;
  // Batches lie in page-locked memory, for copies to a GPU.
  bool pinned = false;
  // Where to begin.
  int64_t epoch = 0;
  int64_t batch = 0;
};

class Loader {
 public:
  // Reads one example, so that what can't be read is known at once. Errors name
  // the example.
  static absl::StatusOr<std::unique_ptr<Loader>> Start(
      const LoaderOptions& options);
  virtual ~Loader() = default;

  // The next batch, over what `batch` held; goes on after an epoch's end. After
  // an error every call gives the same error.
  virtual absl::Status Next(Batch* batch) = 0;

  virtual int64_t batches_per_epoch() const = 0;
  virtual int64_t examples_per_epoch() const = 0;
  // How often batch memory was taken from the system so far.
  virtual int64_t allocations() const = 0;
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_LOADER_LOADER_H_
