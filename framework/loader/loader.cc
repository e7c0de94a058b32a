#include "framework/loader/loader.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "framework/guarded.h"
#include "framework/loader/batch_memory.h"
#include "framework/loader/epoch_order.h"

namespace toque {
namespace {

// Reads examples and writes them into batches; what all threads share.
class ExampleReader {
 public:
  explicit ExampleReader(const LoaderOptions& options) : options_(options) {}

  // Reads the example at `place` of the epoch's order.
  absl::Status Read(int64_t index, int64_t epoch, int64_t place,
                    Example* example) const {
    const absl::Status status =
        Guarded([&] { return ReadAndTransform(index, epoch, place, example); });
    return AtPlace(status, status.ok() ? "" : absl::StrCat("example ", index));
  }

 private:
  absl::Status ReadAndTransform(int64_t index, int64_t epoch, int64_t place,
                                Example* example) const {
    // In training an example may be drawn twice an epoch, and is then changed
    // in two ways; in evaluation what is drawn depends on the example alone.
    const auto key = static_cast<uint64_t>(options_.training ? place : index);
    const auto epoch_key = static_cast<uint64_t>(options_.training ? epoch : 0);
    example->index = index;
    Rng rng(options_.seed, epoch_key, key,
            static_cast<uint64_t>(Stream::kRead));
    RETURN_IF_ERROR(options_.dataset->Read(index, rng, example));
    auto stream = static_cast<uint64_t>(Stream::kTransform);
    for (const Transform* transform : options_.transforms) {
      Rng own(options_.seed, epoch_key, key, stream);
      const absl::Status status = transform->Apply(*example, own);
      if (!status.ok()) {
        const auto position =
            stream - static_cast<uint64_t>(Stream::kTransform);
        return AtPlace(status, absl::StrCat("transform[", position, "]"));
      }
      ++stream;
    }
    return absl::OkStatus();
  }

  const LoaderOptions& options_;
};

class ThreadedLoader : public Loader {
 public:
  explicit ThreadedLoader(const LoaderOptions& options)
      : options_(options), reader_(options_), order_(options_) {}
  ~ThreadedLoader() override;

  absl::Status Open();
  absl::Status Next(Batch* batch) override;
  int64_t batches_per_epoch() const override { return batches_per_epoch_; }
  int64_t examples_per_epoch() const override {
    return options_.drop_last ? batches_per_epoch_ * options_.batch_size
                              : order_.size();
  }
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
    absl::Status status;
  };
  // Some rows of a batch, which one thread makes.
  struct Part {
    Slot* slot = nullptr;
    int64_t epoch = 0;
    int64_t first_place = 0;  // in the order, of the batch's row 0
    int64_t begin = 0;        // rows
    int64_t end = 0;
  };

  Slot& SlotOf(int64_t number) {
    return slots_[static_cast<size_t>(number) % slots_.size()];
  }
  bool CanClaim() {
    return claimed_rows_ > 0 || SlotOf(claimed_).state == Slot::State::kFree;
  }
  absl::StatusOr<Part> Claim();
  absl::Status BeginSlot(Slot& slot);
  std::unique_ptr<BatchMemory> TakeMemory(int64_t size);
  absl::Status Fill(const Part& part, Example* example);
  void Finish(const Part& part, absl::Status status);
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
  bool stop_ = false;
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

  const int64_t place = options_.batch * options_.batch_size % order_.size();
  ASSIGN_OR_RETURN(const auto* order, order_.Of(options_.epoch));
  RETURN_IF_ERROR(reader_.Read((*order)[static_cast<size_t>(place)],
                               options_.epoch, place, &own_example_));
  form_ = ExampleForm::Of(own_example_);

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
    absl::Status status = Fill(*part, &own_example_);
    lock.lock();
    Finish(*part, std::move(status));
  }
  if (!slot.status.ok()) return failed_ = slot.status;
  slot.state = Slot::State::kLent;
  ++next_;
  *batch = slot.memory->batch();
  return absl::OkStatus();
}

// Takes the next rows that nobody makes yet. Called with the lock held.
absl::StatusOr<ThreadedLoader::Part> ThreadedLoader::Claim() {
  Slot& slot = SlotOf(claimed_);
  if (claimed_rows_ == 0) RETURN_IF_ERROR(BeginSlot(slot));
  Part part{&slot, claimed_ / batches_per_epoch_,
            claimed_ % batches_per_epoch_ * options_.batch_size, claimed_rows_,
            std::min(claimed_rows_ + rows_per_part_, slot.memory->size())};
  claimed_rows_ = part.end;
  if (part.end == slot.memory->size()) {
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
  slot.status = absl::OkStatus();
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

absl::Status ThreadedLoader::Fill(const Part& part, Example* example) {
  for (int64_t row = part.begin; row < part.end; ++row) {
    const int64_t place = part.first_place + row;
    const int64_t index = part.slot->memory->index()[static_cast<size_t>(row)];
    RETURN_IF_ERROR(reader_.Read(index, part.epoch, place, example));
    const absl::Status status =
        part.slot->memory->Write(row, *example, options_.label_limit);
    if (!status.ok()) return AtPlace(status, absl::StrCat("example ", index));
  }
  return absl::OkStatus();
}

// Called with the lock held.
void ThreadedLoader::Finish(const Part& part, absl::Status status) {
  Slot& slot = *part.slot;
  slot.unwritten -= part.end - part.begin;
  // Of several faults in a batch any will do; they come in the batch's order.
  if (!status.ok()) slot.status.Update(std::move(status));
  if (slot.unwritten > 0) return;
  slot.state = Slot::State::kReady;
  ready_.notify_all();
}

void ThreadedLoader::Work() {
  Example example;
  std::unique_lock lock(mutex_);
  for (;;) {
    work_.wait(lock, [this] { return stop_ || CanClaim(); });
    if (stop_) return;
    auto part = Guarded([this] { return Claim(); });
    if (!part.ok()) {
      // The order of an epoch can't be made: its first batch carries the error.
      Slot& slot = SlotOf(claimed_);
      slot.status = part.status();
      slot.state = Slot::State::kReady;
      ready_.notify_all();
      return;
    }
    lock.unlock();
    absl::Status status = Fill(*part, &example);
    lock.lock();
    Finish(*part, std::move(status));
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
