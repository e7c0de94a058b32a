// Checkpoints written beside the training.

#ifndef TOQUE_FRAMEWORK_TRAINER_CHECKPOINT_WRITER_H_
#define TOQUE_FRAMEWORK_TRAINER_CHECKPOINT_WRITER_H_

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "framework/trainer/checkpoint.h"

namespace toque {

// A thread that writes and removes files in the order they were asked for, so
// that a step waits no longer than the copy of the tensors takes.
class CheckpointWriter {
 public:
  CheckpointWriter() = default;
  // Ends what was asked for.
  ~CheckpointWriter();
  CheckpointWriter(const CheckpointWriter&) = delete;
  CheckpointWriter& operator=(const CheckpointWriter&) = delete;

  // Copies the tensors into the CPU's memory and returns. A checkpoint that
  // still waits for the same path is replaced. The error is that of an earlier
  // write.
  absl::Status Write(const std::string& path, const Checkpoint& checkpoint);
  // A file that isn't there is no fault.
  absl::Status Remove(const std::string& path);
  // Waits until all is done; the first error since the last Flush.
  absl::Status Flush();

 private:
  struct Job {
    std::string path;
    std::optional<Checkpoint> checkpoint;  // none: the file is removed
  };
  absl::Status Add(Job job);
  void Work();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> waiting_;
  bool busy_ = false;
  bool ending_ = false;
  absl::Status error_;
  std::thread thread_;
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_TRAINER_CHECKPOINT_WRITER_H_
