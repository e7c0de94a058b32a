// How far a tool has got, on one line of the terminal.

#ifndef TOQUE_TOOLS_PROGRESS_LINE_H_
#define TOQUE_TOOLS_PROGRESS_LINE_H_

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

namespace toque {

// Draws on stderr, and only where that is a terminal. Wiped when it ends.
class ProgressLine {
 public:
  // `total` of `what` ("pictures") are to be done.
  ProgressLine(std::string what, int64_t total);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  // Safe to call from several threads at once.
  void Add(int64_t count);

 private:
  using Clock = std::chrono::steady_clock;

  void Draw(Clock::time_point now);

  const std::string what_;
  const int64_t total_;
  const bool terminal_;
  const Clock::time_point start_ = Clock::now();
  std::mutex mutex_;
  int64_t done_ = 0;
  Clock::time_point drawn_ = start_;
};

}  // namespace toque

#endif  // TOQUE_TOOLS_PROGRESS_LINE_H_
