#include "framework/parts/param_groups.h"

#include <regex>

namespace toque {
namespace {

// A param_group of the experiment and what it has caught so far.
struct Rule {
  const ParamGroup* group;
  std::regex pattern;
  NamedTensors matched = {};
  bool came_late = false;  // earlier groups hold some of what it matches

  bool Matches(const std::string& name, const at::Tensor& parameter) const {
    if (group->one_dimensional() && parameter.dim() <= 1) return true;
    return group->has_match() && std::regex_search(name, pattern);
  }
};

absl::StatusOr<std::vector<Rule>> MakeRules(const Experiment& experiment) {
  std::vector<Rule> rules;
  for (const ParamGroup& group : experiment.param_group()) {
    try {
      rules.push_back({&group, std::regex(group.match())});
    } catch (const std::regex_error& error) {
      return Invalid(absl::StrCat("param_group \"", group.name(),
                                  "\": match must be a regular expression"),
                     group.match());
    }
  }
  return rules;
}

absl::Status MatchedNothing(const Rule& rule, const NamedTensors& parameters) {
  const std::string place =
      absl::StrCat("param_group \"", rule.group->name(), "\": ");
  const std::string got = absl::StrCat("match \"", rule.group->match(), "\"");
  if (rule.came_late) {
    return Invalid(absl::StrCat(place,
                                "must match a parameter that no earlier group "
                                "matches, as the first holds it"),
                   got);
  }
  std::string names;
  for (size_t i = 0; i < parameters.size() && i < 8; ++i) {
    absl::StrAppend(&names, i == 0 ? "" : ", ", parameters[i].first);
  }
  if (parameters.size() > 8) absl::StrAppend(&names, ", ...");
  return Invalid(
      absl::StrCat(place, "must match a parameter (there are ", names, ")"),
      got);
}

}  // namespace

absl::StatusOr<std::vector<Group>> MakeGroups(const Experiment& experiment,
                                              const NamedTensors& parameters) {
  ASSIGN_OR_RETURN(std::vector<Rule> rules, MakeRules(experiment));
  std::vector<Group> groups(1);
  groups[0].name = "base";
  for (const auto& [name, parameter] : parameters) {
    Rule* first = nullptr;
    for (Rule& rule : rules) {
      if (!rule.Matches(name, parameter)) continue;
      if (first == nullptr) {
        first = &rule;
      } else {
        rule.came_late = true;
      }
    }
    auto& caught = first == nullptr ? groups[0].parameters : first->matched;
    caught.emplace_back(name, parameter);
  }
  for (Rule& rule : rules) {
    if (rule.matched.empty()) return MatchedNothing(rule, parameters);
    if (rule.group->frozen()) {
      for (auto& [name, parameter] : rule.matched) {
        parameter.requires_grad_(false);
      }
      continue;
    }
    Group& group = groups.emplace_back();
    group.name = rule.group->name();
    group.parameters = std::move(rule.matched);
    group.lr_scale = rule.group->lr_scale();
    group.weight_decay_scale = rule.group->weight_decay_scale();
  }
  if (groups[0].parameters.empty()) groups.erase(groups.begin());
  if (groups.empty()) {
    return Invalid("param_group: a parameter must be left to train");
  }
  return groups;
}

}  // namespace toque
