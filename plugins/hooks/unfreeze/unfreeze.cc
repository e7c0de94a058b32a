#include <algorithm>
#include <set>

#include "absl/strings/str_join.h"
#include "framework/core/hook.h"
#include "plugins/hooks/unfreeze/unfreeze.pb.h"

namespace toque {
namespace {

using Stage = recipe::Unfreeze::Stage;

std::string PlaceOf(int stage, const char* option) {
  return absl::StrCat("stage[", stage, "].", option);
}

absl::StatusOr<Group*> FindGroup(std::vector<Group>& groups, int stage,
                                 const std::string& name) {
  std::vector<std::string> names;
  for (Group& group : groups) {
    if (group.name == name) return &group;
    names.push_back(group.name);
  }
  return Invalid(absl::StrCat(PlaceOf(stage, "group"),
                              " must be a group that can be trained (there "
                              "are ",
                              absl::StrJoin(names, ", "), ")"),
                 name);
}

class Unfreeze : public Hook {
 public:
  explicit Unfreeze(const recipe::Unfreeze& options) : options_(options) {}

  absl::Status BeforeTraining(Run& run) override {
    for (int i = 0; i < options_.stage_size(); ++i) {
      const Stage& stage = options_.stage(i);
      const std::string at = PlaceOf(i, "at");
      RETURN_IF_ERROR(WithinRun(at, stage.at(), options_.per(), run.progress));
      ASSIGN_OR_RETURN(Group* const group,
                       FindGroup(run.groups, i, stage.group()));
      waiting_.push_back({group, run.progress.Steps(stage.at(), options_.per()),
                          Freeze(*group)});
    }
    const bool any =
        std::any_of(run.groups.begin(), run.groups.end(),
                    [](const Group& group) { return group.active; });
    if (!any) return Invalid("stage: a group must be trained from the start");
    return AfterStep(run);
  }

  absl::Status AfterStep(Run& run) override {
    std::erase_if(waiting_, [&run](const Waiting& waiting) {
      if (static_cast<double>(run.progress.step) < waiting.until) return false;
      waiting.group->active = true;
      for (const at::Tensor& parameter : waiting.frozen) {
        parameter.set_requires_grad(true);
      }
      return true;
    });
    return absl::OkStatus();
  }

 private:
  struct Waiting {
    Group* group;
    double until;  // steps of the run
    std::vector<at::Tensor> frozen;
  };

  // Gives the parameters that it froze: some the model itself may keep frozen.
  static std::vector<at::Tensor> Freeze(Group& group) {
    group.active = false;
    std::vector<at::Tensor> frozen;
    for (const auto& [name, parameter] : group.parameters) {
      if (!parameter.requires_grad()) continue;
      parameter.set_requires_grad(false);
      frozen.push_back(parameter);
    }
    return frozen;
  }

  recipe::Unfreeze options_;
  std::vector<Waiting> waiting_;
};

Made<Hook> MakeUnfreeze(const recipe::Unfreeze& options) {
  std::vector<absl::Status> faults = {Given("stage", options.stage_size() > 0)};
  std::set<std::string> groups;
  for (int i = 0; i < options.stage_size(); ++i) {
    const Stage& stage = options.stage(i);
    faults.push_back(Given(PlaceOf(i, "group"), stage.has_group()));
    faults.push_back(stage.has_at() ? Above(PlaceOf(i, "at"), stage.at(), 0)
                                    : Given(PlaceOf(i, "at"), false));
    if (!groups.insert(stage.group()).second) {
      faults.push_back(Invalid(
          absl::StrCat(PlaceOf(i, "group"), " must stand in one stage alone"),
          stage.group()));
    }
  }
  RETURN_IF_ERROR(Together(faults));
  return std::make_unique<Unfreeze>(options);
}

TOQUE_PLUGIN(MakeUnfreeze);

}  // namespace
}  // namespace toque
