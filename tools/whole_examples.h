// The examples of a data set that can be read.

#ifndef TOQUE_TOOLS_WHOLE_EXAMPLES_H_
#define TOQUE_TOOLS_WHOLE_EXAMPLES_H_

#include <cstdint>
#include <memory>

#include "framework/loader/loader.h"

namespace toque {

// Gives what a loader gives, without the examples that are broken, of which
// there may be any number side by side.
class WholeExamples {
 public:
  // Options of a loader without a sampler. An absl::DataLossError where no
  // example is whole.
  static absl::StatusOr<WholeExamples> Start(LoaderOptions options);

  // The next batch of the one epoch; of broken examples alone it has the size
  // 0.
  absl::Status Next(Batch* batch);

 private:
  WholeExamples(const LoaderOptions& options, std::unique_ptr<Loader> loader);

  std::unique_ptr<Loader> loader_;
  int64_t batch_size_;
  int64_t next_;  // the example that the next batch begins with
};

}  // namespace toque

#endif  // TOQUE_TOOLS_WHOLE_EXAMPLES_H_
