#include "tools/schedule_chart.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_join.h"

namespace toque {
namespace {

// More than a picture is wide.
constexpr int64_t kMaxPoints = 2000;

// Points of the run at which the rate is looked at, its first and its last step
// among them.
std::vector<Progress> PointsOf(const Progress& length) {
  const int64_t last = length.total_steps - 1;
  const int64_t stride = last / kMaxPoints + 1;
  std::vector<Progress> points;
  for (int64_t step = 0; step < last + stride; step += stride) {
    Progress point = length;
    point.step = std::min(step, last);
    point.epoch = point.step / length.steps_per_epoch;
    points.push_back(point);
  }
  return points;
}

// The points [begin, end) of the run at which a schedule acts.
struct Action {
  std::string name;
  size_t begin = 0;
  size_t end = 0;
};

// From where the factor is first not 1 to where it takes its last value, or to
// the end of the run.
Action ActionOf(const Hook& hook, std::string_view plugin,
                const std::vector<Progress>& points) {
  std::vector<double> factors;
  for (const Progress& point : points) factors.push_back(hook.LrFactor(point));
  const auto begin = std::find_if(factors.begin(), factors.end(),
                                  [](double factor) { return factor != 1; });
  const auto changing = std::find_if(
      factors.rbegin(), factors.rend(),
      [&factors](double factor) { return factor != factors.back(); });
  const auto settled = static_cast<size_t>(factors.rend() - changing);
  const size_t dot = plugin.rfind('.');
  return {.name = std::string(plugin.substr(dot == plugin.npos ? 0 : dot + 1)),
          .begin = static_cast<size_t>(begin - factors.begin()),
          .end = settled + 1 == points.size() ? points.size() : settled};
}

// Where each phase begins, and what acts in it.
std::map<size_t, std::string> PhasesOf(const std::vector<Action>& actions,
                                       size_t points) {
  std::set<size_t> bounds;
  for (const Action& action : actions) {
    if (action.begin >= action.end) continue;
    bounds.insert({action.begin, action.end});
  }
  std::map<size_t, std::string> phases;
  for (auto bound = bounds.begin(); bound != bounds.end(); ++bound) {
    // One schedule may end a step before the next begins.
    const auto next = std::next(bound);
    const size_t end = next == bounds.end() ? points : *next;
    if (end - *bound <= points / 100) continue;
    std::vector<std::string> names;
    for (const Action& action : actions) {
      if (action.begin <= *bound && *bound < action.end) {
        names.push_back(action.name);
      }
    }
    phases[*bound] = names.empty() ? "constant" : absl::StrJoin(names, " × ");
  }
  return phases;
}

// Groups of the same rate are one line.
std::map<double, std::string> NamesByScale(const std::vector<Group>& groups) {
  std::map<double, std::string> names;
  for (const Group& group : groups) {
    std::string& name = names[group.lr_scale];
    absl::StrAppend(&name, name.empty() ? "" : ", ", group.name);
  }
  return names;
}

}  // namespace

Chart ScheduleChart(const Experiment& experiment, const Parts& parts,
                    const std::vector<Group>& groups, const Progress& length) {
  const std::vector<Progress> points = PointsOf(length);
  const Per per = experiment.has_epochs() ? EPOCH : STEP;
  const auto x_of = [per](const Progress& point) {
    return static_cast<double>(point.step) / point.Steps(1, per);
  };
  Chart chart = {.x_label = per == EPOCH ? "epoch" : "step",
                 .y_label = "learning rate"};
  for (const auto& [scale, name] : NamesByScale(groups)) {
    Series series = {.name = name};
    for (const Progress& point : points) {
      double lr = parts.optimizer->base_lr() * scale;
      for (const auto& hook : parts.hooks) lr *= hook->LrFactor(point);
      series.points.emplace_back(x_of(point), lr);
    }
    chart.series.push_back(std::move(series));
  }
  std::vector<Action> actions;
  for (int i = 0; i < experiment.hook_size(); ++i) {
    actions.push_back(ActionOf(*parts.hooks[static_cast<size_t>(i)],
                               PluginName(experiment.hook(i)), points));
  }
  for (const auto& [begin, name] : PhasesOf(actions, points.size())) {
    chart.marks.push_back({x_of(points[begin]), name});
  }
  return chart;
}

}  // namespace toque
