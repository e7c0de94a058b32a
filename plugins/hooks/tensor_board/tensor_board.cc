#include <chrono>
#include <filesystem>

#include "framework/core/hook.h"
#include "framework/core/metric.h"
#include "framework/tensorboard/event_file.h"
#include "plugins/hooks/tensor_board/tensor_board.pb.h"

namespace toque {
namespace {

using tensorboard::Event;
using tensorboard::SessionLog;

// Seconds since 1970.
double WallTime() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

Event EventAt(int64_t step) {
  Event event;
  event.set_wall_time(WallTime());
  event.set_step(step);
  return event;
}

class TensorBoard : public Hook {
 public:
  explicit TensorBoard(std::string folder) : folder_(std::move(folder)) {}

  absl::Status BeforeTraining(Run& run) override {
    if (run.folder.empty()) return absl::OkStatus();
    const auto folder = std::filesystem::path(run.folder) / folder_;
    ASSIGN_OR_RETURN(file_, EventFile::Create(folder, WallTime()));
    // This step's own events are from before the checkpoint.
    Event start = EventAt(run.progress.step + 1);
    start.mutable_session_log()->set_status(SessionLog::START);
    return file_->Append(start);
  }

  absl::Status AfterLog(Run& run) override { return Write(run); }
  absl::Status AfterEvaluation(Run& run) override { return Write(run); }

 private:
  absl::Status Write(const Run& run) {
    if (file_ == nullptr) return absl::OkStatus();
    Event event = EventAt(run.progress.step);
    for (const auto& [name, number] : Reported(run)) {
      auto* value = event.mutable_summary()->add_value();
      value->set_tag(name);
      value->set_simple_value(static_cast<float>(number));
    }
    return file_->Append(event);
  }

  std::string folder_;
  std::unique_ptr<EventFile> file_;  // null where nothing is written
};

Made<Hook> MakeTensorBoard(const recipe::TensorBoard& options) {
  return std::make_unique<TensorBoard>(options.folder());
}

TOQUE_PLUGIN(MakeTensorBoard);

}  // namespace
}  // namespace toque
