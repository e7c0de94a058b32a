#include "framework/trainer/checkpoint_writer.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "framework/guarded.h"

namespace toque {
namespace {

Checkpoint Copied(const Checkpoint& checkpoint) {
  Checkpoint copy;
  copy.metadata = checkpoint.metadata;
  for (const auto& [name, tensor] : checkpoint.state.tensors()) {
    copy.state.Set(name, tensor.detach().to(at::kCPU, tensor.scalar_type(),
                                            /*non_blocking=*/false,
                                            /*copy=*/true));
  }
  return copy;
}

absl::Status RemoveFile(const std::string& path) {
  std::error_code error;
  std::filesystem::remove(path, error);
  if (!error) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat("cannot remove ", path, ": ", error.message()));
}

}  // namespace

CheckpointWriter::~CheckpointWriter() {
  if (!thread_.joinable()) return;
  {
    const std::scoped_lock lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

absl::Status CheckpointWriter::Write(const std::string& path,
                                     const Checkpoint& checkpoint) {
  return Add({path, Copied(checkpoint)});
}

absl::Status CheckpointWriter::Remove(const std::string& path) {
  return Add({path, std::nullopt});
}

absl::Status CheckpointWriter::Add(Job job) {
  const std::scoped_lock lock(mutex_);
  const auto same =
      std::find_if(waiting_.begin(), waiting_.end(),
                   [&job](const Job& other) { return other.path == job.path; });
  if (same != waiting_.end()) waiting_.erase(same);
  waiting_.push_back(std::move(job));
  if (!thread_.joinable()) thread_ = std::thread([this] { Work(); });
  changed_.notify_all();
  return std::exchange(error_, absl::OkStatus());
}

absl::Status CheckpointWriter::Flush() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return waiting_.empty() && !busy_; });
  return std::exchange(error_, absl::OkStatus());
}

void CheckpointWriter::Work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    const Job job = std::move(waiting_.front());
    waiting_.pop_front();
    busy_ = true;
    lock.unlock();
    const absl::Status status = Guarded([&job] {
      return job.checkpoint ? WriteCheckpoint(job.path, *job.checkpoint)
                            : RemoveFile(job.path);
    });
    lock.lock();
    busy_ = false;
    if (error_.ok()) error_ = status;
    changed_.notify_all();
  }
}

}  // namespace toque
