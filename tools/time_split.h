// Where the time of a run's steps goes (recipe R96).

#ifndef TOQUE_TOOLS_TIME_SPLIT_H_
#define TOQUE_TOOLS_TIME_SPLIT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "framework/core/hook.h"
#include "framework/loader/loader.h"

namespace toque {

// What a run's time is spent on; each instant belongs to one of them.
enum class Spent {
  kLoad,      // waiting for the loader
  kPlace,     // batch to the device, batch transforms
  kForward,   // model and loss
  kBackward,  // gradients
  kStep,      // unscaling, optimizer
  kOther,     // the rest of the trainer: its log
};
constexpr size_t kSpentKinds = 6;
std::string_view NameOf(Spent spent);

// Cuts time into pieces where it is told to.
class TimeSplit {
 public:
  // Seconds since some instant, of a clock that never goes back.
  using Clock = std::function<double()>;
  // The machine's, after all that was sent to the GPU is done.
  static double Now();

  explicit TimeSplit(Clock clock = Now) : clock_(std::move(clock)) {}

  // Forgets what was; time begins here.
  void Begin();
  // Ends a piece here, which began where the last one ended.
  void Spend(Spent spent);

  double seconds(Spent spent) const {
    return seconds_[static_cast<size_t>(spent)];
  }
  // From Begin to the last Spend.
  double whole() const { return last_ - begin_; }

 private:
  Clock clock_;
  double begin_ = 0;
  double last_ = 0;
  std::array<double, kSpentKinds> seconds_ = {};
};

// Tells a split where the parts of a run's steps end. `split` outlives what is
// made here.
//
// A hook that begins the split after `skipped` steps.
std::unique_ptr<Hook> SplittingHook(int64_t skipped, TimeSplit* split);
// The batches of `loader`.
std::unique_ptr<Loader> SplittingLoader(std::unique_ptr<Loader> loader,
                                        TimeSplit* split);

}  // namespace toque

#endif  // TOQUE_TOOLS_TIME_SPLIT_H_
