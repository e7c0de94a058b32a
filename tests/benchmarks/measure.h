// What every benchmark uses: CPU time, interleaved rounds, result lines.

#ifndef TOQUE_TESTS_BENCHMARKS_MEASURE_H_
#define TOQUE_TESTS_BENCHMARKS_MEASURE_H_

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

namespace toque {

// Seconds of CPU that this process has used, all threads together.
inline double CpuSeconds() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) +
           1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

inline double WallSeconds() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

// "result NAME VALUE UNIT", one line a figure.
inline void PrintResult(const std::string& name, double value,
                        const std::string& unit) {
  std::printf("result %s %.6g %s\n", name.c_str(), value, unit.c_str());
  std::fflush(stdout);
}

// One of the things that are compared: runs once and returns how many items it
// did.
struct Contender {
  std::string name;
  std::function<double()> run;
};

struct Timing {
  std::vector<double> cpu;  // seconds an item, by round
  std::vector<double> wall;

  static double Best(std::vector<double> values) {
    return *std::min_element(values.begin(), values.end());
  }
  static double Median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
  }
};

// Runs the contenders in turn, A B C A B C ..., since the speed of a machine
// drifts; the first round warms up and is not counted.
inline std::vector<Timing> Interleave(const std::vector<Contender>& contenders,
                                      int rounds) {
  std::vector<Timing> timings(contenders.size());
  for (int round = 0; round <= rounds; ++round) {
    for (size_t i = 0; i < contenders.size(); ++i) {
      const double cpu = CpuSeconds();
      const double wall = WallSeconds();
      const double items = contenders[i].run();
      if (round == 0) continue;
      timings[i].cpu.push_back((CpuSeconds() - cpu) / items);
      timings[i].wall.push_back((WallSeconds() - wall) / items);
    }
  }
  return timings;
}

}  // namespace toque

#endif  // TOQUE_TESTS_BENCHMARKS_MEASURE_H_
