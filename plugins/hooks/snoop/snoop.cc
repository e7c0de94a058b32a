#include <algorithm>
#include <iostream>

#include "framework/core/hook.h"
#include "framework/core/model_access.h"
#include "framework/layers/block.h"
#include "framework/shared/name_patterns.h"
#include "framework/tensors/describe.h"
#include "plugins/hooks/snoop/snoop.pb.h"

namespace toque {
namespace {

class Snoop : public Hook, public Observer {
 public:
  Snoop(int64_t steps, NamePatterns match)
      : steps_(steps), match_(std::move(match)) {}

  absl::Status BeforeTraining(Run& run) override {
    last_step_ = run.progress.step + steps_;
    std::vector<std::string> paths = BlockPaths(*run.model);
    paths.emplace_back();  // the model's own
    return match_.CheckEach("a part of the model", paths);
  }

  Observer* Observes(const Run& run) override {
    if (!Looks(run)) return nullptr;
    std::cerr << "step " << run.progress.step + 1 << ": input "
              << Describe(run.batch.input) << ", target "
              << Describe(run.batch.target) << "\n";
    return this;
  }

  void Entering(std::string_view path, const Block& block,
                const at::Tensor& input) override {
    if (!match_.Match(path)) return;
    std::cerr << Line(path) << " (" << block.Describe() << ") <- "
              << Describe(input) << std::endl;
  }
  void Called(std::string_view path, const Block&, const at::Tensor&,
              const at::Tensor& output) override {
    if (match_.Match(path))
      std::cerr << Line(path) << " -> " << Describe(output) << "\n";
  }

  absl::Status AfterForward(Run& run) override {
    if (Looks(run)) std::cerr << "loss: " << Describe(run.loss) << std::endl;
    return absl::OkStatus();
  }

 private:
  bool Looks(const Run& run) const {
    return run.phase == Phase::kTrain && run.progress.step < last_step_;
  }
  // The path, two blanks in for each step of it.
  static std::string Line(std::string_view path) {
    if (path.empty()) return "model";
    const auto dots = std::count(path.begin(), path.end(), '.');
    return std::string(2 * static_cast<size_t>(dots + 1), ' ') +
           std::string(path);
  }

  const int64_t steps_;
  const NamePatterns match_;
  int64_t last_step_ = 0;
};

Made<Hook> MakeSnoop(const recipe::Snoop& options) {
  RETURN_IF_ERROR(AtLeast("steps", options.steps(), 1));
  ASSIGN_OR_RETURN(NamePatterns match,
                   NamePatterns::Make("match", {options.match()}));
  return std::make_unique<Snoop>(options.steps(), std::move(match));
}

TOQUE_PLUGIN(MakeSnoop);

}  // namespace
}  // namespace toque
