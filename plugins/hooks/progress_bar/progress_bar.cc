#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>

#include "absl/strings/str_format.h"
#include "framework/core/hook.h"
#include "framework/shared/metric_text.h"
#include "plugins/hooks/progress_bar/progress_bar.pb.h"

namespace toque {
namespace {

using Clock = std::chrono::steady_clock;

constexpr Clock::duration kRedraw = std::chrono::milliseconds(100);
constexpr int kBarWidth = 20;

std::optional<double> Find(const Metrics& metrics, std::string_view name) {
  const auto found = metrics.find(name);
  if (found == metrics.end()) return std::nullopt;
  return found->second;
}

// "1:02:03", "2:03".
std::string Duration(double seconds) {
  const auto all = static_cast<int64_t>(std::min(seconds, 3.6e9) + 0.5);
  const int64_t hours = all / 3600;
  const std::string rest = absl::StrFormat(":%02d", all % 60);
  if (hours == 0) return absl::StrCat(all / 60, rest);
  return absl::StrFormat("%d:%02d%s", hours, all / 60 % 60, rest);
}

// " 42% [########            ]  "
std::string Bar(const Progress& progress) {
  const double done = static_cast<double>(progress.step) /
                      static_cast<double>(progress.total_steps);
  const int filled = static_cast<int>(done * kBarWidth);
  return absl::StrFormat("%3d%% [%s%s]  ", static_cast<int>(done * 100),
                         std::string(filled, '#'),
                         std::string(kBarWidth - filled, ' '));
}

// "epoch 2/5": the epoch that the last step belongs to.
std::string Epoch(const Progress& progress) {
  const int64_t per_epoch = progress.steps_per_epoch;
  const auto epochs = [per_epoch](int64_t steps) {
    return (steps + per_epoch - 1) / per_epoch;
  };
  return absl::StrFormat("epoch %d/%d", epochs(progress.step),
                         epochs(progress.total_steps));
}

// "epoch 2/5  step 840/2145  loss 0.3412  lr 0.01  8421 examples/s  1:23 left",
// without what is not known yet.
std::string Training(const Progress& progress, const Metrics& metrics,
                     double examples_per_step) {
  std::string text = absl::StrFormat("%s  step %d/%d", Epoch(progress),
                                     progress.step, progress.total_steps);
  if (const auto loss = Find(metrics, "loss/train")) {
    absl::StrAppendFormat(&text, "  loss %.4g", *loss);
  }
  if (const auto lr = Find(metrics, "lr/base")) {
    absl::StrAppendFormat(&text, "  lr %.3g", *lr);
  }
  const auto speed = Find(metrics, "examples_per_second");
  if (speed.has_value() && *speed > 0) {
    const auto left = static_cast<double>(progress.total_steps - progress.step);
    absl::StrAppendFormat(&text, "  %.0f examples/s  %s left", *speed,
                          Duration(left * examples_per_step / *speed));
  }
  return text;
}

// "epoch 2/5  eval  accuracy 92.36%  loss 0.2381": all metrics of the split.
std::string Evaluation(const Progress& progress, const Metrics& metrics,
                       std::string_view split) {
  const std::string ending = absl::StrCat("/", View(split));
  std::string text = absl::StrCat(Epoch(progress), "  ", View(split));
  for (const auto& [name, value] : metrics) {
    if (!name.ends_with(ending)) continue;
    const std::string metric = name.substr(0, name.size() - ending.size());
    absl::StrAppend(&text, "  ", metric, " ", MetricText(metric, value));
  }
  return text;
}

class ProgressBar : public Hook {
 public:
  explicit ProgressBar(bool bar) : bar_(bar) {}
  // An error message of the run starts a line of its own.
  ~ProgressBar() override { EndBar(); }

  absl::Status AfterStep(Run& run) override {
    ++steps_;
    if (!bar_) return absl::OkStatus();
    const Clock::time_point now = Clock::now();
    if (now - drawn_ < kRedraw) return absl::OkStatus();
    drawn_ = now;
    Draw(run);
    return absl::OkStatus();
  }

  absl::Status AfterLog(Run& run) override {
    bar_ ? Draw(run) : Print(Line(run));
    return absl::OkStatus();
  }

  absl::Status AfterEvaluation(Run& run) override {
    Print(Evaluation(run.progress, run.metrics, run.split));
    return absl::OkStatus();
  }

  absl::Status AfterTraining(Run&) override {
    EndBar();
    return absl::OkStatus();
  }

 private:
  std::string Line(const Run& run) const {
    const auto steps = static_cast<double>(std::max<int64_t>(steps_, 1));
    return Training(run.progress, run.metrics,
                    static_cast<double>(run.examples) / steps);
  }

  // Over the old bar, cut at the terminal's edge instead of wrapped.
  void Draw(const Run& run) {
    absl::FPrintF(stderr, "\r\033[?7l%s%s\033[K\033[?7h", Bar(run.progress),
                  Line(run));
    std::fflush(stderr);
    on_bar_ = true;
  }

  // A line that stays; the next bar is drawn below it.
  void Print(const std::string& line) {
    absl::FPrintF(stderr, "%s%s\n", on_bar_ ? "\r\033[K" : "", line);
    on_bar_ = false;
  }

  void EndBar() {
    if (on_bar_) std::fputs("\n", stderr);
    on_bar_ = false;
  }

  const bool bar_;
  bool on_bar_ = false;  // the cursor stands behind a bar
  Clock::time_point drawn_;
  int64_t steps_ = 0;  // since the program began
};

Made<Hook> MakeProgressBar(const recipe::ProgressBar& options) {
  const bool automatic = options.style() == recipe::ProgressBar::AUTO;
  return std::make_unique<ProgressBar>(
      automatic ? isatty(STDERR_FILENO) != 0
                : options.style() == recipe::ProgressBar::BAR);
}

TOQUE_PLUGIN(MakeProgressBar);

}  // namespace
}  // namespace toque
