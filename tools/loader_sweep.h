// How fast a loader is with how many threads, and what its time goes into
// (recipe R88).

#ifndef TOQUE_TOOLS_LOADER_SWEEP_H_
#define TOQUE_TOOLS_LOADER_SWEEP_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "framework/loader/loader.h"

namespace toque {

// Seconds since some beginning: on the wall, and of all of this process's
// threads together.
struct Clocks {
  std::function<double()> wall;
  std::function<double()> cpu;

  static Clocks OfTheMachine();
};

// What a loader of so many threads did.
struct LoaderRate {
  int threads = 0;
  double examples_per_second = 0;
  double cpu_seconds = 0;  // per example
};

// Takes whole batches from `loader` for at least `seconds`, after a first one
// that isn't counted.
absl::StatusOr<LoaderRate> MeasureRate(Loader& loader, int threads,
                                       double seconds, const Clocks& clocks);

// Numbers of threads from 1 to `most` that are worth a try: all up to 4, then
// in steps of a third, and `most`.
std::vector<int> ThreadsToTry(int most);

// The fewest threads whose rate is within `tolerance` of the highest, a share.
// `rates` must not be empty.
LoaderRate BestRate(const std::vector<LoaderRate>& rates,
                    double tolerance = 0.03);

// A part of the work on an example.
struct StageTime {
  std::string name;
  double seconds = 0;  // per example, on one thread
};

// The time of each stage over `count` examples from the section's beginning:
// reading, each transform by its name, and writing. Decoding a file
// and what was noted before that count as writing even where a transform asks
// for the pixels. Broken examples are passed over unless they end the loader.
absl::StatusOr<std::vector<StageTime>> MeasureStages(
    const LoaderOptions& options, int64_t count, const Clocks& clocks);

// The stage that takes longest. `stages` must not be empty.
const StageTime& Bottleneck(const std::vector<StageTime>& stages);

}  // namespace toque

#endif  // TOQUE_TOOLS_LOADER_SWEEP_H_
