#include <regex>

#include "ATen/ops/_foreach_norm.h"
#include "ATen/ops/stack.h"
#include "framework/core/hook.h"
#include "framework/shared/watched_metric.h"
#include "plugins/hooks/l1/l1.pb.h"

namespace toque {
namespace {

std::string FirstNames(const std::vector<Group>& groups) {
  std::string names;
  int count = 0;
  for (const Group& group : groups) {
    for (const auto& [name, parameter] : group.parameters) {
      if (++count > 8) return names + ", ...";
      absl::StrAppend(&names, names.empty() ? "" : ", ", name);
    }
  }
  return names;
}

class L1 : public Hook {
 public:
  L1(const recipe::L1& options, std::regex pattern)
      : options_(options), pattern_(std::move(pattern)) {}

  absl::Status BeforeTraining(Run& run) override {
    for (const Group& group : run.groups) {
      for (const auto& [name, parameter] : group.parameters) {
        if (!std::regex_search(name, pattern_)) continue;
        chosen_.push_back({&group, parameter});
      }
    }
    if (!chosen_.empty()) return absl::OkStatus();
    return Invalid(absl::StrCat("match must match a parameter (there are ",
                                FirstNames(run.groups), ")"),
                   options_.match());
  }

  absl::Status BeforeBackward(Run& run) override {
    std::vector<at::Tensor> parameters;
    for (const Chosen& chosen : chosen_) {
      if (chosen.group->active) parameters.push_back(chosen.parameter);
    }
    if (parameters.empty()) return absl::OkStatus();
    const at::Tensor sum = at::stack(at::_foreach_norm(parameters, 1)).sum();
    run.AddToLoss(options_.name(), sum.mul(options_.lambda()));
    return absl::OkStatus();
  }

  std::vector<Published> Publishes() const override {
    return {{options_.name(), Published::kTraining}};
  }

 private:
  struct Chosen {
    const Group* group;
    at::Tensor parameter;
  };

  recipe::L1 options_;
  std::regex pattern_;
  std::vector<Chosen> chosen_;
};

Made<Hook> MakeL1(const recipe::L1& options) {
  RETURN_IF_ERROR(Given("lambda", options.has_lambda()));
  RETURN_IF_ERROR(Together(
      {AtLeast("lambda", options.lambda(), 0), CheckName(options.name())}));
  try {
    return std::make_unique<L1>(options, std::regex(options.match()));
  } catch (const std::regex_error&) {
    return Invalid("match must be a regular expression", options.match());
  }
}

TOQUE_PLUGIN(MakeL1);

}  // namespace
}  // namespace toque
