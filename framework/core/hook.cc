#include "framework/core/hook.h"

#include <utility>

namespace toque {
namespace {

class Schedule : public Hook {
 public:
  explicit Schedule(std::function<double(const Progress&)> lr_factor)
      : lr_factor_(std::move(lr_factor)) {}
  double LrFactor(const Progress& progress) const override {
    return lr_factor_(progress);
  }

 private:
  std::function<double(const Progress&)> lr_factor_;
};

}  // namespace

std::unique_ptr<Hook> ScheduleOf(
    std::function<double(const Progress&)> lr_factor) {
  return std::make_unique<Schedule>(std::move(lr_factor));
}

}  // namespace toque
