// The learning rate of a run, as a picture.

#ifndef TOQUE_TOOLS_SCHEDULE_CHART_H_
#define TOQUE_TOOLS_SCHEDULE_CHART_H_

#include <vector>

#include "framework/core/optimizer.h"
#include "framework/core/progress.h"
#include "framework/experiment.pb.h"
#include "framework/parts/parts.h"
#include "framework/plot/plot.h"

namespace toque {

// The rate of every group over a run of `length`, whose phases are marked: the
// schedules that act, by name, from where to where their factors change.
// Schedules that follow a metric do not act here. `parts` are those of the
// experiment.
Chart ScheduleChart(const Experiment& experiment, const Parts& parts,
                    const std::vector<Group>& groups, const Progress& length);

}  // namespace toque

#endif  // TOQUE_TOOLS_SCHEDULE_CHART_H_
