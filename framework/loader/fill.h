// Examples on their way into a batch, and those that are broken out of it.

#ifndef TOQUE_FRAMEWORK_LOADER_FILL_H_
#define TOQUE_FRAMEWORK_LOADER_FILL_H_

#include <cstdint>
#include <vector>

#include "framework/loader/batch_memory.h"
#include "framework/loader/example_reader.h"
#include "framework/loader/loader.h"

namespace toque {

// Some rows of a batch, which one thread makes.
struct Rows {
  int64_t epoch = 0;
  int64_t first_place = 0;  // in the order, of the batch's row 0
  int64_t begin = 0;
  int64_t end = 0;
};

// What came of them.
struct Filled {
  absl::Status status;        // what ends the loader
  int64_t broken = 0;         // left out or replaced
  int64_t left_out = 0;       // the first row that was left out...
  absl::Status why_left_out;  // ...and why; OK where none was

  // Of several faults in a batch any will do; they come in the batch's order.
  void Add(Filled other);
};

// The form of the first example of a batch that isn't broken. `order` is that
// of options.epoch.
absl::StatusOr<ExampleForm> FormOfFirst(const LoaderOptions& options,
                                        const ExampleReader& reader,
                                        const std::vector<int64_t>& order,
                                        Example* example);

// Makes rows of a batch whose index is set.
Filled Fill(const LoaderOptions& options, const ExampleReader& reader,
            const Rows& rows, Example* example, BatchMemory* memory);

// Closes a batch of which all rows are made, as `filled` tells of them. An
// error for a batch without a whole example.
absl::Status Close(const Filled& filled, BatchMemory* memory);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_LOADER_FILL_H_
