// From a place in an epoch's order to an example that is ready for its batch.

#ifndef TOQUE_FRAMEWORK_LOADER_EXAMPLE_READER_H_
#define TOQUE_FRAMEWORK_LOADER_EXAMPLE_READER_H_

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "framework/loader/loader.h"

namespace toque {

// What all threads of a loader share.
class ExampleReader {
 public:
  // `options`, which outlive the reader, have a broken_log.
  explicit ExampleReader(const LoaderOptions& options) : options_(options) {}

  struct Place {
    int64_t index = 0;  // in the data set
    int64_t epoch = 0;
    int64_t place = 0;  // in the epoch's order
  };

  // Reads and transforms an example, and hands it to `use`, which decodes it.
  // Returns the index of the example that was used: another one where a broken
  // example is replaced. Errors name the example; broken ones are of
  // absl::StatusCode::kDataLoss, and are logged unless they end the loader.
  absl::StatusOr<int64_t> Make(const Place& place, Example* example,
                               absl::FunctionRef<absl::Status()> use) const;

 private:
  absl::Status MakeOne(int64_t index, const Place& place, Example* example,
                       absl::FunctionRef<absl::Status()> use) const;
  absl::Status ReadAndTransform(int64_t index, const Place& place,
                                Example* example) const;
  // Names transform `i`, unless the example is broken: which transform needs
  // its pixels first is no matter then.
  absl::Status AtTransform(const absl::Status& status, size_t i) const;

  const LoaderOptions& options_;
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_LOADER_EXAMPLE_READER_H_
