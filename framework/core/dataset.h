// Data sets: numbered examples.

#ifndef TOQUE_FRAMEWORK_CORE_DATASET_H_
#define TOQUE_FRAMEWORK_CORE_DATASET_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "framework/core/example.h"
#include "framework/core/registry.h"
#include "framework/core/rng.h"

namespace toque {

class Dataset {
 public:
  static constexpr std::string_view kKind = "dataset";
  virtual ~Dataset() = default;

  // Opens what the options name; called once, before all else. Errors name the
  // file and what is wrong with it. Headers are checked before anything of the
  // size that they claim is allocated.
  virtual absl::Status Open(const Context& context) = 0;

  // What the set holds; never changes once it is open.
  virtual DatasetInfo Info() const = 0;
  virtual int64_t size() const = 0;
  // The class of every example, for balanced sampling. The default: an error.
  virtual absl::StatusOr<std::vector<int64_t>> Labels() const;
  // What errors call an example: "example 17" by default; a set of files adds
  // which, "example 17 (cats/a.jpg)".
  virtual std::string Name(int64_t index) const;
  // The path of the file that holds nothing but this example, for tools that
  // want the file; empty where there is none.
  virtual std::string File(int64_t index) const;

  // Reads example `index` (0 <= index < size()) into a recycled Example, whose
  // images may view memory of the data set. `rng` is the example's own. Safe to
  // call from several threads at once. A file that is broken or not there any
  // more is an error made by Broken(), of which the section's `on_broken` says
  // what becomes; any other error ends the run.
  virtual absl::Status Read(int64_t index, Rng& rng,
                            Example* example) const = 0;
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_CORE_DATASET_H_
