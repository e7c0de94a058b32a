// The program gnuplot.

#ifndef TOQUE_FRAMEWORK_PLOT_GNUPLOT_H_
#define TOQUE_FRAMEWORK_PLOT_GNUPLOT_H_

#include <string>

#include "framework/status.h"

namespace toque {

// What gnuplot writes to stdout when it reads `script`. An error says what to
// install where there is no gnuplot, or what it complained about.
absl::StatusOr<std::string> RunGnuplot(const std::string& script);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_PLOT_GNUPLOT_H_
