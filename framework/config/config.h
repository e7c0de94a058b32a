// Experiments as text: read, checked and printed.

#ifndef TOQUE_FRAMEWORK_CONFIG_CONFIG_H_
#define TOQUE_FRAMEWORK_CONFIG_CONFIG_H_

#include <string>
#include <string_view>

#include "framework/experiment.pb.h"
#include "framework/status.h"

namespace toque {

// The experiment in `text`; `file_name` is for errors alone. They read
//
//   digits.textproto:3:5: toque.Experiment has no field "epoch"; did you mean
//   "epochs"?
//
// with line and column from 1. Unknown fields, unknown plugins and plugins of
// another kind than their field are reported together, a line each, sorted by
// place; the first error of syntax ends the reading. Values aren't checked.
absl::StatusOr<Experiment> ParseExperiment(std::string_view text,
                                           std::string_view file_name);

// As ParseExperiment, for the argument of a `--set`, which may hold `at` and
// `remove`. Errors begin "--set 3:5: ".
absl::StatusOr<Experiment> ParseFragment(std::string_view text);

// The experiment in a file of at most 16 MiB.
absl::StatusOr<Experiment> LoadExperiment(const std::string& path);

// Text that ParseExperiment reads back as an equal message, where all plugins
// of the experiment are linked.
std::string ExperimentText(const Experiment& experiment);

// Whether all that must be given is, and in its range, as far as that needs no
// plugin. Faults are reported together, a line each:
//
//   train.batch_size must be at least 1, got 0
absl::Status CheckExperiment(const Experiment& experiment);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_CONFIG_CONFIG_H_
