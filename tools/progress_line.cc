#include "tools/progress_line.h"

#include <unistd.h>

#include <cstdio>
#include <utility>

#include "absl/strings/str_format.h"

namespace toque {
namespace {

constexpr std::chrono::milliseconds kRedraw(100);
constexpr int64_t kBarWidth = 20;

}  // namespace

ProgressLine::ProgressLine(std::string what, int64_t total)
    : what_(std::move(what)),
      total_(total),
      terminal_(isatty(STDERR_FILENO) != 0) {}

ProgressLine::~ProgressLine() {
  if (terminal_) std::fputs("\r\033[K", stderr);
}

void ProgressLine::Add(int64_t count) {
  if (!terminal_) return;
  const std::lock_guard lock(mutex_);
  done_ += count;
  const Clock::time_point now = Clock::now();
  if (now - drawn_ >= kRedraw) Draw(now);
}

void ProgressLine::Draw(Clock::time_point now) {
  drawn_ = now;
  const std::chrono::duration<double> seconds = now - start_;
  const auto filled = static_cast<size_t>(kBarWidth * done_ / total_);
  absl::FPrintF(
      stderr, "\r\033[?7l%3d%% [%s%s]  %d of %d %s  %.0f/s\033[K\033[?7h",
      100 * done_ / total_, std::string(filled, '#'),
      std::string(static_cast<size_t>(kBarWidth) - filled, ' '), done_, total_,
      what_, static_cast<double>(done_) / seconds.count());
  std::fflush(stderr);
}

}  // namespace toque
