#include "framework/shared/operator_table.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "absl/strings/str_format.h"

namespace toque {

std::vector<OperatorTime> OperatorTimes(std::vector<OperatorCall> calls) {
  // One that holds another begins before it, or with it and ends after it.
  std::ranges::stable_sort(calls, {}, [](const OperatorCall& call) {
    return std::make_tuple(call.thread, call.begin, -call.end);
  });
  std::map<std::string, OperatorTime> by_name;
  std::vector<const OperatorCall*> around;  // the calls that the next is in
  for (const OperatorCall& call : calls) {
    while (!around.empty() && (around.back()->thread != call.thread ||
                               around.back()->end <= call.begin)) {
      around.pop_back();
    }
    const int64_t time = call.end - call.begin;
    if (!around.empty()) by_name[around.back()->name].own -= time;
    OperatorTime& sum = by_name[call.name];
    ++sum.calls;
    sum.own += time;
    sum.whole += time;
    around.push_back(&call);
  }
  std::vector<OperatorTime> times;
  for (auto& [name, sum] : by_name) {
    sum.name = name;
    times.push_back(sum);
  }
  std::ranges::stable_sort(times, std::ranges::greater(), &OperatorTime::own);
  return times;
}

std::string OperatorTable(std::vector<OperatorCall> calls, size_t rows) {
  const std::vector<OperatorTime> times = OperatorTimes(std::move(calls));
  int64_t all = 0;
  for (const OperatorTime& time : times) all += time.own;
  const auto ms = [](int64_t ns) { return static_cast<double>(ns) / 1e6; };
  std::string text = absl::StrFormat("%-60s %8s %12s %7s %12s\n", "operator",
                                     "calls", "own ms", "share", "whole ms");
  for (size_t i = 0; i < std::min(rows, times.size()); ++i) {
    const OperatorTime& time = times[i];
    const double share = all > 0 ? 100 * ms(time.own) / ms(all) : 0;
    absl::StrAppendFormat(&text, "%-60.60s %8d %12.3f %5.1f %% %12.3f\n",
                          time.name, time.calls, ms(time.own), share,
                          ms(time.whole));
  }
  absl::StrAppendFormat(&text, "%-60s %8s %12.3f\n", "all", "", ms(all));
  return text;
}

}  // namespace toque
