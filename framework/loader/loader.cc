#include "framework/loader/loader.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "framework/guarded.h"
#include "framework/loader/batch_memory.h"
#include "framework/loader/epoch_order.h"
#include "framework/loader/example_reader.h"
#include "framework/loader/fill.h"
#include "framework/stop.h"

namespace toque {
namespace {

LoaderOptions WithLog(LoaderOptions options) {
  if (options.broken_log == nullptr) {
    options.broken_log = std::make_shared<BrokenLog>();
  }
  return options;
}

class ThreadedLoader : public Loader {
 public:
  explicit ThreadedLoader(const LoaderOptions& options)
      : options_(WithLog(options)), reader_(options_), order_(options_) {}
  ~ThreadedLoader() override;

  absl::Status Open();
  absl::Status Next(Batch* batch) override;
  int64_t batches_per_epoch() const override { return batches_per_epoch_; }
  int64_t examples_per_epoch() const override {
    return options_.drop_last ? batches_per_epoch_ * options_.batch_size
                              : order_.size();
  }
  int64_t broken() const override { return broken_; }
  int64_t allocations() const override {
    const std::lock_guard lock(mutex_);
    return allocations_;
  }

 private:
  // A batch being made, waiting, or lent to whoever called Next.
  struct Slot {
    enum class State { kFree, kFilling, kReady, kLent };
    State state = State::kFree;
    std::unique_ptr<BatchMemory> memory;  // null when free
    int64_t unwritten = 0;
    Filled filled;
  };
  struct Part {
    Slot* slot = nullptr;
    Rows rows;
  };

  Slot& SlotOf(int64_t number) {
    return slots_[static_cast<size_t>(number) % slots_.size()];
  }
  bool CanClaim() {
    if (claimed_rows_ > 0) return true;
    const bool waits = claimed_ % batches_per_epoch_ == 0 && order_.preparing();
    return !waits && SlotOf(claimed_).state == Slot::State::kFree;
  }
  // In the second half of an epoch the order of the next is made, since that of
  // millions of examples takes a while.
  bool CanPrepare() const {
    return claimed_ % batches_per_epoch_ * 2 >= batches_per_epoch_ &&
           order_.CanPrepare(claimed_ / batches_per_epoch_ + 1);
  }
  void PrepareOrder(std::unique_lock<std::mutex>* lock);
  absl::StatusOr<Part> Claim();
  absl::Status BeginSlot(Slot& slot);
  std::unique_ptr<BatchMemory> TakeMemory(int64_t size);
  void Finish(const Part& part, Filled filled);
  void Work();

  const LoaderOptions options_;
  const ExampleReader reader_;
  EpochOrder order_;
  ExampleForm form_;
  int64_t batches_per_epoch_ = 0;
  int64_t rows_per_part_ = 0;

  mutable std::mutex mutex_;
  std::condition_variable work_;   // a slot became free, or the end
  std::condition_variable ready_;  // a slot became ready
  std::vector<Slot> slots_;
  std::vector<std::unique_ptr<BatchMemory>> unused_;
  // Batches are numbered from epoch 0 on: the one being claimed, the rows of it
  // that are taken, and the next to hand out.
  int64_t claimed_ = 0;
  int64_t claimed_rows_ = 0;
  int64_t next_ = 0;
  int64_t allocations_ = 0;
  int64_t broken_ = 0;              // of what was handed out
  std::atomic<bool> stop_ = false;  // also ends what threads read
  absl::Status failed_;
  Example own_example_;  // of the calling thread
  std::vector<std::thread> threads_;
};

absl::Status ThreadedLoader::Open() {
  RETURN_IF_ERROR(order_.Open());
  const int64_t batches = order_.size() / options_.batch_size;
  const bool partial = order_.size() % options_.batch_size != 0;
  batches_per_epoch_ = batches + (partial && !options_.drop_last ? 1 : 0);
  if (batches_per_epoch_ == 0) {
    return Invalid(absl::StrCat("an epoch of ", order_.size(),
                                " examples must hold a batch of ",
                                options_.batch_size, " with drop_last"));
  }
  claimed_ = next_ = options_.epoch * batches_per_epoch_ + options_.batch;

  ASSIGN_OR_RETURN(const auto* order, order_.Of(options_.epoch));
  ASSIGN_OR_RETURN(form_,
                   FormOfFirst(options_, reader_, *order, &own_example_));
  // One batch is lent, the others are being made or wait.
  slots_.resize(options_.threads == 0
                    ? 1
                    : static_cast<size_t>(std::max(options_.threads, 2)) + 2);
  const int64_t parts = std::max(options_.threads, 1);
  rows_per_part_ = (options_.batch_size + parts - 1) / parts;
  for (int i = 0; i < options_.threads; ++i) {
    threads_.emplace_back([this] { Work(); });
  }
  return absl::OkStatus();
}

ThreadedLoader::~ThreadedLoader() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  work_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

absl::Status ThreadedLoader::Next(Batch* batch) {
  // Lets go of the memory that was lent, unless somebody else holds it too.
  batch->input.reset();
  batch->target.reset();
  std::unique_lock lock(mutex_);
  RETURN_IF_ERROR(failed_);
  Slot& previous = SlotOf(next_ + static_cast<int64_t>(slots_.size()) - 1);
  if (previous.state == Slot::State::kLent) {
    previous.state = Slot::State::kFree;
    unused_.push_back(std::move(previous.memory));
    work_.notify_all();
  }
  Slot& slot = SlotOf(next_);
  while (slot.state != Slot::State::kReady) {
    if (!threads_.empty()) {
      ready_.wait(lock);
      continue;
    }
    auto part = Guarded([this] { return Claim(); });
    if (!part.ok()) return failed_ = part.status();
    lock.unlock();
    Filled filled = Fill(options_, reader_, part->rows, &own_example_,
                         part->slot->memory.get());
    lock.lock();
    Finish(*part, std::move(filled));
  }
  if (!slot.filled.status.ok()) return failed_ = slot.filled.status;
  slot.state = Slot::State::kLent;
  ++next_;
  broken_ += slot.filled.broken;
  slot.memory->Lend(batch);
  return absl::OkStatus();
}

// Takes the next rows that nobody makes yet. Called with the lock held.
absl::StatusOr<ThreadedLoader::Part> ThreadedLoader::Claim() {
  Slot& slot = SlotOf(claimed_);
  if (claimed_rows_ == 0) RETURN_IF_ERROR(BeginSlot(slot));
  const Part part{
      &slot,
      {claimed_ / batches_per_epoch_,
       claimed_ % batches_per_epoch_ * options_.batch_size, claimed_rows_,
       std::min(claimed_rows_ + rows_per_part_, slot.memory->size())}};
  claimed_rows_ = part.rows.end;
  if (claimed_rows_ == slot.memory->size()) {
    ++claimed_;
    claimed_rows_ = 0;
  }
  return part;
}

// Gives the slot memory and the list of its examples.
absl::Status ThreadedLoader::BeginSlot(Slot& slot) {
  ASSIGN_OR_RETURN(const auto* order, order_.Of(claimed_ / batches_per_epoch_));
  const int64_t first = claimed_ % batches_per_epoch_ * options_.batch_size;
  const int64_t size = std::min(options_.batch_size, order_.size() - first);
  slot.memory = TakeMemory(size);
  std::copy_n(order->begin() + first, size, slot.memory->index().begin());
  slot.unwritten = size;
  slot.filled = {};
  slot.state = Slot::State::kFilling;
  return absl::OkStatus();
}

std::unique_ptr<BatchMemory> ThreadedLoader::TakeMemory(int64_t size) {
  for (auto& unused : unused_) {
    if (unused->size() != size) continue;
    std::unique_ptr<BatchMemory> memory = std::move(unused);
    std::swap(unused, unused_.back());
    unused_.pop_back();
    if (memory->Renew()) ++allocations_;
    return memory;
  }
  ++allocations_;
  return std::make_unique<BatchMemory>(form_, size, options_.pinned);
}

// Called with the lock held.
void ThreadedLoader::Finish(const Part& part, Filled filled) {
  Slot& slot = *part.slot;
  slot.unwritten -= part.rows.end - part.rows.begin;
  slot.filled.Add(std::move(filled));
  if (slot.unwritten > 0) return;
  slot.filled.status = Close(slot.filled, slot.memory.get());
  slot.state = Slot::State::kReady;
  ready_.notify_all();
}

void ThreadedLoader::PrepareOrder(std::unique_lock<std::mutex>* lock) {
  order_.BeginPrepare(claimed_ / batches_per_epoch_ + 1);
  lock->unlock();
  order_.Prepare();
  lock->lock();
  order_.EndPrepare();
  work_.notify_all();
}

void ThreadedLoader::Work() {
  const StopScope scope(stop_);
  Example example;
  std::unique_lock lock(mutex_);
  for (;;) {
    work_.wait(lock, [this] { return stop_ || CanPrepare() || CanClaim(); });
    if (stop_) return;
    if (CanPrepare()) {
      PrepareOrder(&lock);
      continue;
    }
    auto part = Guarded([this] { return Claim(); });
    if (!part.ok()) {
      // The order of an epoch can't be made: its first batch carries the error.
      Slot& slot = SlotOf(claimed_);
      slot.filled.status = part.status();
      slot.state = Slot::State::kReady;
      ready_.notify_all();
      return;
    }
    lock.unlock();
    Filled filled =
        Fill(options_, reader_, part->rows, &example, part->slot->memory.get());
    lock.lock();
    Finish(*part, std::move(filled));
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<Loader>> Loader::Start(
    const LoaderOptions& options) {
  auto loader = std::make_unique<ThreadedLoader>(options);
  RETURN_IF_ERROR(Guarded([&loader] { return loader->Open(); }));
  return loader;
}

}  // namespace toque
