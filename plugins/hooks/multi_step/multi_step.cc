#include <algorithm>
#include <cmath>

#include "framework/shared/schedule.h"
#include "plugins/hooks/multi_step/multi_step.pb.h"

namespace toque {
namespace {

double Factor(const recipe::MultiStep& options, const Progress& progress) {
  const double count = progress.Count(options.per());
  const auto passed =
      std::count_if(options.milestone().begin(), options.milestone().end(),
                    [count](int64_t milestone) {
                      return static_cast<double>(milestone) <= count;
                    });
  return std::pow(options.gamma(), passed);
}

// The faults that `check` finds in the milestones.
template <typename Check>
absl::Status EachMilestone(const recipe::MultiStep& options, Check check) {
  std::vector<absl::Status> faults;
  for (int i = 0; i < options.milestone_size(); ++i) {
    faults.push_back(
        check(absl::StrCat("milestone[", i, "]"), options.milestone(i)));
  }
  return Together(faults);
}

Made<Hook> MakeMultiStep(const recipe::MultiStep& options) {
  RETURN_IF_ERROR(Together({
      Given("milestone", options.milestone_size() > 0),
      EachMilestone(options,
                    [](const std::string& name, int64_t milestone) {
                      return AtLeast(name, milestone, 1);
                    }),
      IsFactor("gamma", options.gamma()),
  }));
  return ScheduleOf(
      [options](const Progress& progress) { return Factor(options, progress); },
      [options](const Progress& progress) {
        return EachMilestone(
            options, [&](const std::string& name, int64_t milestone) {
              return WithinRun(name, static_cast<double>(milestone),
                               options.per(), progress);
            });
      });
}

TOQUE_PLUGIN(MakeMultiStep);

}  // namespace
}  // namespace toque
