// What a classifier says of pictures or clips.

#ifndef TOQUE_TOOLS_CLASSIFY_H_
#define TOQUE_TOOLS_CLASSIFY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "tools/trained_model.h"

namespace toque {

struct Guess {
  int64_t label = 0;
  double probability = 0;
};

struct Classified {
  std::string name;            // of the example
  int64_t index = 0;           // in the data set
  std::vector<Guess> guesses;  // the likeliest first
};

// The `top` likeliest classes of each example of the data set. Several views of
// an example become one answer as the section's `average` says. Broken examples
// are left out, and named in the log; an error where all are. Throws where the
// model is no classifier.
absl::StatusOr<std::vector<Classified>> Classify(const TrainedModel& trained,
                                                 const Dataset& dataset,
                                                 int64_t top);

// [{"picture": "a.jpg", "classes": [{"class": "daisy", "index": 985,
// "probability": 0.93}, ...]}, ...], where examples are of the kind "picture".
std::string ClassifiedJson(const std::vector<Classified>& classified,
                           const std::string& kind,
                           const TrainedModel& trained);

}  // namespace toque

#endif  // TOQUE_TOOLS_CLASSIFY_H_
