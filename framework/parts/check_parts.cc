#include "framework/parts/check_parts.h"

#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace toque {
namespace {

using Faults = std::vector<absl::Status>;

// What metrics are of: "train", "eval", and "eval_ema" where a hook asks for
// it.
std::set<std::string> SplitsOf(const Parts& parts) {
  std::set<std::string> evaluated;
  if (parts.eval) evaluated.insert("eval");
  if (parts.test) evaluated.insert("test");
  std::set<std::string> splits = evaluated;
  splits.insert("train");
  for (const auto& hook : parts.hooks) {
    for (const std::string& suffix : hook->Evaluates()) {
      for (const std::string& split : evaluated) {
        splits.insert(absl::StrCat(split, "_", suffix));
      }
    }
  }
  return splits;
}

// Every metric that a hook needs must be published by another, or by the
// trainer itself.
void CheckMetrics(const Parts& parts, Faults* faults) {
  std::set<std::string> published = {"loss"};
  for (const auto& hook : parts.hooks) {
    for (std::string& name : hook->Publishes()) published.insert(name);
  }
  const std::set<std::string> splits = SplitsOf(parts);
  for (size_t i = 0; i < parts.hooks.size(); ++i) {
    for (const std::string& needed : parts.hooks[i]->Needs()) {
      const std::vector<std::string> names = absl::StrSplit(needed, '/');
      if (published.contains(names[0]) && splits.contains(names.back())) {
        continue;
      }
      faults->push_back(
          AtPlace(Invalid(absl::StrCat("nobody publishes \"", needed,
                                       "\"; published are ",
                                       absl::StrJoin(published, ", "), " of ",
                                       absl::StrJoin(splits, ", "))),
                  parts.hook_places[i]));
    }
  }
}

void CheckSoftTargets(const Experiment& experiment, const Parts& parts,
                      Faults* faults) {
  const auto& transforms = parts.train.batch_transforms;
  for (size_t t = 0; t < transforms.size(); ++t) {
    if (!transforms[t]->SoftensTarget()) continue;
    const absl::Status refused = Invalid(absl::StrCat(
        "takes labels alone, and train.batch_transform[", t, "], ",
        View(PluginName(
            experiment.train().batch_transform(static_cast<int>(t)))),
        ", makes soft targets of them"));
    if (!parts.loss->TakesSoftTarget()) {
      faults->push_back(
          AtPlace(refused,
                  absl::StrCat("loss: ", View(PluginName(experiment.loss())))));
    }
    for (size_t i = 0; i < parts.hooks.size(); ++i) {
      if (parts.hooks[i]->TakesSoftTarget()) continue;
      faults->push_back(AtPlace(refused, parts.hook_places[i]));
    }
    return;
  }
}

void CheckReevaluation(const Experiment& experiment, const Parts& parts,
                       Faults* faults) {
  if (!parts.optimizer->NeedsReevaluation()) return;
  const auto refuse = [&](std::string_view what, const auto& got) {
    faults->push_back(AtPlace(
        Invalid(absl::StrCat("computes a batch several times a step, so ",
                             View(what)),
                got),
        absl::StrCat("optimizer: ", View(PluginName(experiment.optimizer())))));
  };
  if (experiment.precision() != Experiment::FP32) {
    refuse("precision must be FP32",
           Experiment::Precision_Name(experiment.precision()));
  }
  if (experiment.accumulate_steps() != 1) {
    refuse("accumulate_steps must be 1", experiment.accumulate_steps());
  }
  if (experiment.train().tbptt_steps() != 0) {
    refuse("train.tbptt_steps must be 0", experiment.train().tbptt_steps());
  }
}

}  // namespace

absl::Status CheckParts(const Experiment& experiment, const Parts& parts) {
  Faults faults;
  CheckMetrics(parts, &faults);
  CheckSoftTargets(experiment, parts, &faults);
  CheckReevaluation(experiment, parts, &faults);
  return Together(faults);
}

}  // namespace toque
