// The examples of a data set on their way into a pack.

#ifndef TOQUE_TOOLS_PACKING_H_
#define TOQUE_TOOLS_PACKING_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "framework/core/dataset.h"
#include "framework/pack/pack.h"
#include "framework/status.h"

namespace toque {

// What a pack holds of an example.
struct PackedExample {
  std::vector<std::string> pictures;
  int64_t label = 0;
};

// Makes it of example `index`; called by several threads at once. A broken
// example is an error made by Broken().
using EncodeExample =
    std::function<absl::StatusOr<PackedExample>(int64_t index)>;

struct PackingOptions {
  // The part of the data set that is packed.
  int64_t begin = 0;
  int64_t end = 0;
  int threads = 1;
  // Examples of each thread that are held in memory.
  int64_t examples_of_a_thread = 16;
  // What is done with a broken example, by what Dataset::Name calls it; an
  // error ends the packing.
  std::function<absl::Status(const std::string& name,
                             const absl::Status& fault)>
      broken;
  // Called with the number of examples that were done.
  std::function<void(int64_t count)> progress = [](int64_t) {};
};

// A number that tells the part [begin, end) of a data set by the names of its
// examples and, where it knows them without reading, their labels.
uint64_t ContentDigest(const Dataset& dataset, int64_t begin, int64_t end);

// Adds what the pack doesn't hold yet. The pack's bytes don't depend on the
// number of threads.
absl::Status Pack(const Dataset& dataset, const EncodeExample& encode,
                  const PackingOptions& options, PackWriter* writer);

}  // namespace toque

#endif  // TOQUE_TOOLS_PACKING_H_
