#include "framework/core/hook.h"

#include <utility>

namespace toque {
namespace {

class Schedule : public Hook {
 public:
  Schedule(std::function<double(const Progress&)> lr_factor,
           std::function<absl::Status(const Progress&)> fits)
      : lr_factor_(std::move(lr_factor)), fits_(std::move(fits)) {}

  absl::Status BeforeTraining(Run& run) override {
    return fits_ == nullptr ? absl::OkStatus() : fits_(run.progress);
  }
  double LrFactor(const Progress& progress) const override {
    return lr_factor_(progress);
  }

 private:
  std::function<double(const Progress&)> lr_factor_;
  std::function<absl::Status(const Progress&)> fits_;
};

}  // namespace

std::unique_ptr<Hook> ScheduleOf(
    std::function<double(const Progress&)> lr_factor,
    std::function<absl::Status(const Progress&)> fits) {
  return std::make_unique<Schedule>(std::move(lr_factor), std::move(fits));
}

absl::Status WithinRun(std::string_view option, double value, Per per,
                       const Progress& progress) {
  const double total = progress.Total(per);
  if (value <= total) return absl::OkStatus();
  return Invalid(absl::StrCat(View(option), " must be at most the run's ",
                              total, per == EPOCH ? " epochs" : " steps"),
                 value);
}

}  // namespace toque
