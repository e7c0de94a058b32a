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

struct PackingOptions {
  // The part of the data set that is packed.
  int64_t begin = 0;
  int64_t end = 0;
  // Pictures whose longer side is above it are shrunk to it and encoded as JPEG
  // of this quality; 0: none is.
  int64_t longest_side = 0;
  int quality = 90;
  int threads = 1;
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

// Adds what the pack doesn't hold yet. Every picture is decoded once, so that
// broken ones are found; those that aren't shrunk keep their bytes, and those
// that have none (pixels of Cifar or Idx) become PNG. The pack's bytes don't
// depend on the number of threads.
absl::Status Pack(const Dataset& dataset, const PackingOptions& options,
                  PackWriter* writer);

}  // namespace toque

#endif  // TOQUE_TOOLS_PACKING_H_
