#include "tools/score_file.h"

#include "ATen/ops/cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "framework/weights/safetensors.h"

namespace toque {
namespace {

at::Tensor Joined(const std::vector<at::Tensor>& parts) {
  return parts.empty() ? at::Tensor() : at::cat(parts);
}

}  // namespace

absl::Status ScoreFile::Add(const at::Tensor& scores, const at::Tensor& labels,
                            const std::vector<std::string>& names) {
  const auto examples = static_cast<int64_t>(names.size());
  if (scores.dim() != 2 || scores.size(0) != examples) {
    return Invalid("the model must give scores of classes [N, C]",
                   c10::str(scores.sizes()));
  }
  const bool soft = labels.dim() == 2 && labels.sizes() == scores.sizes();
  if (!soft && (labels.dim() != 1 || labels.size(0) != examples ||
                labels.scalar_type() != at::kLong)) {
    return Invalid("targets must be classes", c10::str(labels.sizes()));
  }
  scores_.push_back(scores.detach().to(at::kCPU, at::kDouble));
  labels_.push_back((soft ? labels.argmax(1) : labels).to(at::kCPU).clone());
  names_.insert(names_.end(), names.begin(), names.end());
  return absl::OkStatus();
}

absl::Status ScoreFile::Write(const std::string& path) const {
  if (names_.empty()) return Invalid("--scores: there must be an example");
  State state;
  state.Set("scores", scores().to(at::kFloat));
  state.Set("labels", labels());
  state.SetText("names", absl::StrJoin(names_, "\n"));
  return WriteSafetensors(path, state);
}

absl::StatusOr<ScoreFile> ScoreFile::Read(const std::string& path) {
  ASSIGN_OR_RETURN(const Safetensors file, ReadSafetensors(path));
  const auto parsed = [&]() -> absl::StatusOr<ScoreFile> {
    ASSIGN_OR_RETURN(const at::Tensor scores, file.state.Get("scores"));
    ASSIGN_OR_RETURN(const at::Tensor labels, file.state.Get("labels"));
    ASSIGN_OR_RETURN(const std::string names, file.state.GetText("names"));
    ScoreFile read;
    RETURN_IF_ERROR(read.Add(scores, labels, absl::StrSplit(names, '\n')));
    return read;
  }();
  return parsed.ok() ? parsed : AtPlace(parsed.status(), path);
}

at::Tensor ScoreFile::scores() const { return Joined(scores_); }
at::Tensor ScoreFile::labels() const { return Joined(labels_); }

}  // namespace toque
