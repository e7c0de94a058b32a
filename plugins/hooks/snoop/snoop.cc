#include <algorithm>
#include <iostream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "framework/core/hook.h"
#include "framework/core/model_access.h"
#include "framework/layers/block.h"
#include "framework/shared/name_patterns.h"
#include "plugins/hooks/snoop/snoop.pb.h"

namespace toque {
namespace {

// "[2, 3, 32, 32] float cpu, requires_grad".
std::string Text(const at::Tensor& tensor) {
  if (!tensor.defined()) return "undefined";
  return absl::StrCat(
      "[", absl::StrJoin(tensor.sizes(), ", "), "] ",
      absl::AsciiStrToLower(c10::toString(tensor.scalar_type())), " ",
      tensor.device().str(), tensor.requires_grad() ? ", requires_grad" : "");
}

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
              << Text(run.batch.input) << ", target " << Text(run.batch.target)
              << "\n";
    return this;
  }

  void Entering(std::string_view path, const Block& block,
                const at::Tensor& input) override {
    if (!match_.Match(path)) return;
    std::cerr << Line(path) << " (" << block.Describe() << ") <- "
              << Text(input) << std::endl;
  }
  void Called(std::string_view path, const Block&, const at::Tensor&,
              const at::Tensor& output) override {
    if (match_.Match(path))
      std::cerr << Line(path) << " -> " << Text(output) << "\n";
  }

  absl::Status AfterForward(Run& run) override {
    if (Looks(run)) std::cerr << "loss: " << Text(run.loss) << std::endl;
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
