// Changes to an experiment from the command line: `--set`.

#ifndef TOQUE_FRAMEWORK_CONFIG_OVERRIDES_H_
#define TOQUE_FRAMEWORK_CONFIG_OVERRIDES_H_

#include <string_view>

#include "framework/experiment.pb.h"
#include "framework/status.h"

namespace toque {

// Changes `experiment` by a text-proto fragment of an Experiment:
//
// - A field replaces, a list of numbers as a whole; `epochs` takes the place of
//   `steps` and the other way round.
// - A plugin of the type that stands there changes the options that it gives,
//   by these rules; one of another type replaces it.
// - Of hooks, transforms and batch transforms, one of a type that stands there
//   changes that one, and another is appended. So do param_groups by name.
// - `remove: "recipe.X"` takes a hook out, and in a section a transform or
// batch
//   transform; it comes before what the fragment adds.
// - Where several plugins of that type stand in the list, `at: N` says which,
//   from 0. It needs a fragment (or section of it) that names one plugin.
//
// An error leaves the experiment as it was; its text begins with "--set".
absl::Status ApplyOverride(std::string_view fragment, Experiment* experiment);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_CONFIG_OVERRIDES_H_
