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
#include <string>
#include <vector>

#include "framework/core/batch.h"
#include "framework/core/dataset.h"
#include "framework/core/sampler.h"
#include "framework/core/transform.h"
#include "framework/image/pixels.h"
#include "framework/loader/broken_log.h"

namespace toque {

// What becomes of a broken example: one that can't be read, transformed or
// decoded for an error of absl::StatusCode::kDataLoss. Any other error ends the
// loader.
enum class OnBroken { kFail, kSkip, kReplace };

// What is pointed to outlives the loader.
struct LoaderOptions {
  const Dataset* dataset = nullptr;
  // The part of the data set that is used.
  int64_t begin = 0;
  int64_t end = 0;
  const Sampler* sampler = nullptr;  // sequential without one
  std::vector<const Transform*> transforms;
  // What errors call them, one each; none: by their places alone.
  std::vector<std::string> transform_names;
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
  // Type and order of images. Interleaved ones make a batch [N, C, H, W], or
  // [N, T, C, H, W], whose memory is channels-last. As bytes they are not
  // normalised yet (Batch::scale), and all must be normalised alike.
  PixelForm pixels;

  OnBroken on_broken = OnBroken::kFail;
  // So many examples after a broken one are tried as its replacement.
  int64_t replacements = 16;
  // Where broken examples are named; the loader's own where not given. Loaders
  // of one data set that share it name each once.
  std::shared_ptr<BrokenLog> broken_log;

  // Where to begin.
  int64_t epoch = 0;
  int64_t batch = 0;
};

class Loader {
 public:
  // Reads the first example, of which OnBroken holds too, so that what can't be
  // read is known at once. Errors name the example.
  static absl::StatusOr<std::unique_ptr<Loader>> Start(
      const LoaderOptions& options);
  virtual ~Loader() = default;

  // The next batch, over what `batch` held; goes on after an epoch's end. After
  // an error every call gives the same error.
  virtual absl::Status Next(Batch* batch) = 0;

  // Examples that were left out or replaced in the batches so far.
  virtual int64_t broken() const { return 0; }

  virtual int64_t batches_per_epoch() const = 0;
  virtual int64_t examples_per_epoch() const = 0;
  // How often batch memory was taken from the system so far.
  virtual int64_t allocations() const = 0;
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_LOADER_LOADER_H_
