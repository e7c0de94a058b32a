#include "framework/inference/features.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_join.h"
#include "c10/core/GradMode.h"
#include "framework/core/model.h"
#include "framework/core/model_access.h"
#include "framework/core/registry.h"

namespace toque {
namespace {

// Thrown through the model's parts, none of which catches it.
struct EndsForward {};

uint32_t VersionOf(const at::Tensor& tensor) {
  return tensor.unsafeGetTensorImpl()->version_counter().current_version();
}

absl::Status UnknownPart(const std::string& path,
                         std::vector<std::string> known) {
  constexpr size_t kSome = 8;
  const std::string nearest = Nearest(path, known);
  if (!nearest.empty()) {
    return Invalid(absl::StrCat("must be a part of the model (did you mean \"",
                                nearest, "\"?)"),
                   path);
  }
  if (known.size() > kSome) {
    known.resize(kSome);
    known.push_back("...");
  }
  return Invalid(absl::StrCat("must be a part of the model (there are ",
                              absl::StrJoin(known, ", "), ")"),
                 path);
}

}  // namespace

// Keeps outputs, and ends the forward when it has all. Layers may work in place
// under it: an output that was changed since shows it by its version.
class FeatureExtractor::Watcher : public Observer {
 public:
  explicit Watcher(const FeatureExtractor& extractor)
      : extractor_(extractor), seen_(extractor.paths_.size()) {}

  bool KeepsTensors() const override { return false; }

  void Called(std::string_view path, const Block&, const at::Tensor&,
              const at::Tensor& output) override {
    const auto& paths = extractor_.paths_;
    const auto found = std::ranges::find(paths, path);
    if (found == paths.end()) return;
    const auto i = static_cast<size_t>(found - paths.begin());
    seen_[i].output = extractor_.copied_[i] ? output.clone() : output;
    seen_[i].version = VersionOf(seen_[i].output);
    if (++seen_[i].calls == extractor_.calls_[i]) ++complete_;
    if (complete_ == paths.size()) throw EndsForward();
  }

  int64_t calls(size_t i) const { return seen_[i].calls; }
  const at::Tensor& output(size_t i) const { return seen_[i].output; }
  bool IsChanged(size_t i) const {
    return VersionOf(seen_[i].output) != seen_[i].version;
  }

 private:
  struct Seen {
    at::Tensor output;
    uint32_t version = 0;
    int64_t calls = 0;
  };

  const FeatureExtractor& extractor_;
  std::vector<Seen> seen_;
  size_t complete_ = 0;
};

absl::StatusOr<FeatureExtractor> FeatureExtractor::Create(
    std::shared_ptr<Model> model, std::vector<std::string> paths) {
  if (paths.empty()) return Invalid("a part of the model must be named");
  const std::vector<std::string> known = BlockPaths(*model);
  std::vector<absl::Status> faults;
  for (size_t i = 0; i < paths.size(); ++i) {
    if (!paths[i].empty() && std::ranges::find(known, paths[i]) == known.end())
      faults.push_back(UnknownPart(paths[i], known));
    if (std::find(paths.begin(), paths.begin() + static_cast<ptrdiff_t>(i),
                  paths[i]) != paths.begin() + static_cast<ptrdiff_t>(i))
      faults.push_back(Invalid("a part must be named once", paths[i]));
  }
  RETURN_IF_ERROR(Together(faults));
  return FeatureExtractor(std::move(model), std::move(paths));
}

FeatureExtractor::FeatureExtractor(std::shared_ptr<Model> model,
                                   std::vector<std::string> paths)
    : model_(std::move(model)),
      paths_(std::move(paths)),
      calls_(paths_.size(), 0),
      copied_(paths_.size(), false) {}

NamedTensors FeatureExtractor::Extract(const at::Tensor& input) {
  const c10::AutoGradMode no_gradients(false);
  const ModeScope evaluation(*model_, /*training=*/false);
  ResetState(*model_);
  Watcher watcher(*this);
  try {
    const ObserverScope scope(&watcher);
    (*model_)(input);
  } catch (const EndsForward&) {
  }
  NamedTensors features;
  bool changed = false;
  for (size_t i = 0; i < paths_.size(); ++i) {
    TORCH_CHECK(watcher.calls(i) > 0, "the model calls no part \"", paths_[i],
                "\"");
    if (watcher.IsChanged(i)) changed = copied_[i] = true;
    features.emplace_back(paths_[i], watcher.output(i));
  }
  if (changed) return Extract(input);
  for (size_t i = 0; i < paths_.size(); ++i) calls_[i] = watcher.calls(i);
  return features;
}

}  // namespace toque
