// A small experiment of real plugins, for tests of whole runs.

#ifndef TOQUE_TESTS_END_TO_END_SMALL_RUN_H_
#define TOQUE_TESTS_END_TO_END_SMALL_RUN_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "framework/testing/testing.h"
#include "framework/trainer/trainer.h"

namespace toque {

// Its text: 2 epochs of 10 steps, a model with dropout, a hook with state.
std::string_view SmallExperimentText();
// The same, changed as by --set.
Experiment SmallExperiment(const std::vector<std::string>& changes = {});

// As Trainer::Create; makes the run folder if one is named.
absl::StatusOr<std::unique_ptr<Trainer>> MakeTrainer(
    const Experiment& experiment, const std::string& folder = "",
    const std::atomic<int>* interrupt = nullptr);
// Creates and trains.
absl::StatusOr<Outcome> RunExperiment(const Experiment& experiment,
                                      const std::string& folder = "");

// The bytes of a file, or "".
std::string ReadBytes(const std::string& path);
void WriteBytes(const std::string& path, std::string_view bytes);
// Those of a run folder's last checkpoint; the test fails where there is none.
std::string LastCheckpoint(const std::string& folder);

}  // namespace toque

#endif  // TOQUE_TESTS_END_TO_END_SMALL_RUN_H_
