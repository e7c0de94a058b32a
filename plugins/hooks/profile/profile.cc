#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "ATen/record_function.h"
#include "framework/core/hook.h"
#include "framework/layers/observer.h"
#include "framework/shared/operator_table.h"
#include "glog/logging.h"
#include "plugins/hooks/profile/profile.pb.h"
#include "torch/csrc/autograd/profiler_kineto.h"

namespace toque {
namespace {

namespace profiler = torch::autograd::profiler;
using Options = recipe::Profile;
using torch::profiler::impl::ActivityType;

std::vector<OperatorCall> CallsOf(const profiler::ProfilerResult& result) {
  std::vector<OperatorCall> calls;
  for (const auto& event : result.events()) {
    if (event.deviceType() != at::kCPU) continue;
    const auto begin = static_cast<int64_t>(event.startNs());
    calls.push_back({event.name(), event.startThreadId(), begin,
                     begin + static_cast<int64_t>(event.durationNs())});
  }
  return calls;
}

class Profile : public Hook, public Observer {
 public:
  explicit Profile(const Options& options) : options_(options) {}
  ~Profile() override {
    if (running_) Stop();
  }

  absl::Status BeforeTraining(Run& run) override {
    const absl::Status fits = WithinRun(
        "first", static_cast<double>(options_.first()), STEP, run.progress);
    if (options_.has_first()) RETURN_IF_ERROR(fits);
    if (!fits.ok()) LOG(WARNING) << fits.message() << ": nothing is profiled";
    if (options_.first() == 1) Start(run);
    return absl::OkStatus();
  }

  absl::Status AfterStep(Run& run) override {
    ++step_;
    if (step_ == options_.first() + options_.steps() - 1) return Finish(run);
    if (step_ == options_.first() - 1) Start(run);
    return absl::OkStatus();
  }

  absl::Status AfterTraining(Run& run) override { return Finish(run); }

  Observer* Observes(const Run&) override { return running_ ? this : nullptr; }

  // A range around each layer's call.
  void Entering(std::string_view path, const Block&,
                const at::Tensor&) override {
    ranges_.push_back(
        std::make_unique<at::RecordFunction>(at::RecordScope::USER_SCOPE));
    if (!ranges_.back()->isActive()) return;
    ranges_.back()->before(path.empty() ? "model" : std::string(path));
  }
  void Called(std::string_view, const Block&, const at::Tensor&,
              const at::Tensor&) override {
    ranges_.pop_back();
  }

 private:
  void Start(const Run& run) {
    // There is one of a process.
    if (torch::profiler::impl::profilerEnabled()) {
      LOG(WARNING) << "Profile: another profiler is running";
      return;
    }
    // Kineto complains of GPUs that it doesn't find.
    setenv("KINETO_LOG_LEVEL", "99", /*overwrite=*/0);
    std::set<ActivityType> activities = {ActivityType::CPU};
    if (run.device.is_cuda()) activities.insert(ActivityType::CUDA);
    const torch::profiler::impl::ProfilerConfig config(
        torch::profiler::impl::ProfilerState::KINETO);
    profiler::prepareProfiler(config, activities);
    profiler::enableProfiler(
        config, activities,
        {at::RecordScope::FUNCTION, at::RecordScope::BACKWARD_FUNCTION,
         at::RecordScope::USER_SCOPE});
    running_ = true;
  }

  std::unique_ptr<profiler::ProfilerResult> Stop() {
    running_ = false;
    ranges_.clear();
    return profiler::disableProfiler();
  }

  absl::Status Finish(const Run& run) {
    if (!running_) return absl::OkStatus();
    const auto result = Stop();
    if (step_ < options_.first()) return absl::OkStatus();  // ended before
    const std::string table =
        OperatorTable(CallsOf(*result), static_cast<size_t>(options_.rows()));
    std::cerr << table << std::flush;
    if (run.folder.empty()) return absl::OkStatus();
    std::filesystem::create_directories(run.folder + "/profile");
    const std::string path = absl::StrCat(run.folder, "/profile/steps_",
                                          options_.first(), "-", step_);
    result->save(path + ".json");
    std::ofstream file(path + ".txt");
    if (!(file << table << std::flush)) {
      return absl::UnavailableError(path + ".txt can't be written");
    }
    return absl::OkStatus();
  }

  const Options options_;
  int64_t step_ = 0;  // since the program began
  bool running_ = false;
  std::vector<std::unique_ptr<at::RecordFunction>> ranges_;
};

Made<Hook> MakeProfile(const Options& options) {
  RETURN_IF_ERROR(Together({AtLeast("first", options.first(), 1),
                            AtLeast("steps", options.steps(), 1),
                            AtLeast("rows", options.rows(), 1)}));
  return std::make_unique<Profile>(options);
}

TOQUE_PLUGIN(MakeProfile);

}  // namespace
}  // namespace toque
