// Work that several threads do and one takes in order.

#ifndef TOQUE_TOOLS_IN_ORDER_H_
#define TOQUE_TOOLS_IN_ORDER_H_

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "framework/status.h"

namespace toque {

template <typename Result>
class InOrder {
 public:
  // Called by several threads at once; must not throw.
  using Make = std::function<Result(int64_t number)>;
  // Called by the thread that runs.
  using Take = std::function<absl::Status(int64_t number, Result result)>;

  // At most `ahead` results, at least 1, are being made or wait to be taken.
  InOrder(int threads, int64_t ahead) : count_(threads), ahead_(ahead) {}
  ~InOrder() { Stop(); }

  // Makes the results `begin` to `end` - 1, and has them taken in this order.
  // The first error of `take` ends it: what is being made then is finished and
  // dropped. Once.
  absl::Status Run(int64_t begin, int64_t end, Make make, const Take& take) {
    make_ = std::move(make);
    next_ = taken_ = begin;
    end_ = end;
    for (int i = 0; i < count_; ++i) {
      threads_.emplace_back([this] { Work(); });
    }
    for (int64_t number = begin; number < end; ++number) {
      RETURN_IF_ERROR(take(number, WaitFor(number)));
    }
    return absl::OkStatus();
  }

 private:
  void Work() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] {
        return stopped_ || next_ >= end_ || next_ < taken_ + ahead_;
      });
      if (stopped_ || next_ >= end_) return;
      const int64_t number = next_++;
      lock.unlock();
      Result result = make_(number);
      lock.lock();
      made_.emplace(number, std::move(result));
      changed_.notify_all();
    }
  }

  Result WaitFor(int64_t number) {
    std::unique_lock lock(mutex_);
    // All results before it are taken.
    taken_ = number;
    changed_.notify_all();
    changed_.wait(lock, [&] { return made_.contains(number); });
    return std::move(made_.extract(number).mapped());
  }

  void Stop() {
    {
      const std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    changed_.notify_all();
    threads_.clear();  // waits for them
  }

  const int count_;
  const int64_t ahead_;
  Make make_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<int64_t, Result> made_;  // by number; those that weren't taken
  int64_t next_ = 0;                // the first that no thread makes
  int64_t taken_ = 0;               // all before it are
  int64_t end_ = 0;
  bool stopped_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace toque

#endif  // TOQUE_TOOLS_IN_ORDER_H_
