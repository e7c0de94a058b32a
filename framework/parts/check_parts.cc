#include "framework/parts/check_parts.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"

namespace toque {
namespace {

using Faults = std::vector<absl::Status>;

// The evaluations of a run: "eval", "test", and "eval_ema" where a hook asks
// for it.
std::set<std::string> EvaluationsOf(const Parts& parts) {
  std::set<std::string> sections;
  if (parts.eval) sections.insert("eval");
  if (parts.test) sections.insert("test");
  std::set<std::string> evaluations = sections;
  for (const auto& hook : parts.hooks) {
    for (const std::string& suffix : hook->Evaluates()) {
      for (const std::string& section : sections) {
        evaluations.insert(absl::StrCat(section, "_", suffix));
      }
    }
  }
  return evaluations;
}

// Every metric that a hook needs must be published by another, or by the
// trainer itself.
void CheckMetrics(const Parts& parts, Faults* faults) {
  const std::set<std::string> published = PublishedMetrics(parts);
  for (size_t i = 0; i < parts.hooks.size(); ++i) {
    for (const std::string& needed : parts.hooks[i]->Needs()) {
      if (published.contains(needed)) continue;
      faults->push_back(
          AtPlace(Invalid(absl::StrCat("nobody publishes \"", needed,
                                       "\"; published are ",
                                       absl::StrJoin(published, ", "))),
                  parts.hook_places[i]));
    }
  }
}

// Names of one kind that hooks take, each for itself.
class Names {
 public:
  Names(std::string_view kind, const Parts& parts, Faults* faults)
      : kind_(kind), parts_(parts), faults_(*faults) {}

  void TakeForTrainer(const std::string& name) {
    takers_[name] = "the trainer";
  }
  void Take(const std::string& name, size_t hook) {
    const std::string& place = parts_.hook_places[hook];
    const auto [other, is_new] = takers_.emplace(name, place);
    if (is_new) return;
    faults_.push_back(
        AtPlace(Invalid(absl::StrCat("the name of its ", View(kind_),
                                     " must not be that of ", other->second),
                        name),
                place));
  }

 private:
  const std::string_view kind_;
  const Parts& parts_;
  Faults& faults_;
  std::map<std::string, std::string> takers_;
};

// Of two hooks that publish, evaluate or write under one name, one would undo
// what the other does.
void CheckNames(const Parts& parts, Faults* faults) {
  Names metrics("metric", parts, faults);
  Names evaluations("evaluation", parts, faults);
  Names checkpoints("checkpoint", parts, faults);
  metrics.TakeForTrainer("loss");
  for (size_t i = 0; i < parts.hooks.size(); ++i) {
    const Hook& hook = *parts.hooks[i];
    for (const auto& [name, of] : hook.Publishes()) metrics.Take(name, i);
    for (const auto& name : hook.Evaluates()) evaluations.Take(name, i);
    for (const auto& name : hook.Checkpoints()) checkpoints.Take(name, i);
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

// A label must mean the same wherever it stands: a folder of one class that is
// missing would shift those after it.
void CheckClasses(const Parts& parts, Faults* faults) {
  const std::vector<std::string>& names = parts.info.class_names;
  for (const auto& [place, section] :
       {std::pair{"eval", &parts.eval}, std::pair{"test", &parts.test}}) {
    if (!*section || (*section)->dataset == nullptr) continue;
    const DatasetInfo info = (*section)->dataset->Info();
    const std::vector<std::string>& others = info.class_names;
    if (names.empty() || others.empty() || names == others) continue;
    const auto [own, other] =
        std::mismatch(names.begin(), names.end(), others.begin(), others.end());
    const auto named = [](const auto& list, const auto& name) {
      return name == list.end() ? std::string("none") : *name;
    };
    faults->push_back(AtPlace(
        Invalid(absl::StrCat("classes must be those of train.dataset, class ",
                             own - names.begin(), " ", named(names, own)),
                named(others, other)),
        absl::StrCat(place, ".dataset")));
  }
}

}  // namespace

std::set<std::string> PublishedMetrics(const Parts& parts) {
  std::vector<Published> published = {{"loss"}};
  for (const auto& hook : parts.hooks) {
    for (Published& metric : hook->Publishes()) {
      published.push_back(std::move(metric));
    }
  }
  const std::set<std::string> evaluations = EvaluationsOf(parts);
  std::set<std::string> names;
  for (const auto& [name, of] : published) {
    if (of != Published::kEvaluations) names.insert(name + "/train");
    if (of == Published::kTraining) continue;
    for (const auto& split : evaluations) names.insert(name + "/" + split);
  }
  return names;
}

absl::Status CheckParts(const Experiment& experiment, const Parts& parts) {
  Faults faults;
  CheckMetrics(parts, &faults);
  CheckNames(parts, &faults);
  CheckSoftTargets(experiment, parts, &faults);
  CheckReevaluation(experiment, parts, &faults);
  CheckClasses(parts, &faults);
  return Together(faults);
}

}  // namespace toque
