#include "ATen/ops/randn.h"
#include "absl/strings/str_format.h"
#include "c10/core/GradMode.h"
#include "framework/core/snippet.h"
#include "framework/layers/layers.h"
#include "plugins/snippets/train_and_eval/train_and_eval.pb.h"

namespace toque {
namespace {

constexpr char kRow[] = "%-6s %-9s %-8s %-11s %s\n";

// Prints and claims what one of the four combinations does.
absl::Status Check(bool training, bool recorded, std::ostream& out) {
  const Layer norm = BatchNorm1d(4);
  const Layer model = Sequential(norm, Dropout(0.5));
  const at::Tensor mean = norm->named_buffers()["running_mean"];
  model->train(training);
  const c10::AutoGradMode record(recorded);
  const at::Tensor y = (*model)(at::randn({32, 4}));

  const bool drops = y.eq(0).any().item<bool>();
  const bool learns = mean.ne(0).any().item<bool>();
  out << absl::StreamFormat(kRow, training ? "train" : "eval",
                            recorded ? "yes" : "no", drops ? "on" : "off",
                            learns ? "move" : "stay",
                            y.requires_grad() ? "yes" : "no");
  RETURN_IF_ERROR(Claim(drops == training && learns == training,
                        "the mode decides what layers do"));
  return Claim(y.requires_grad() == recorded,
               "recording decides whether there are gradients");
}

absl::Status Show(std::ostream& out) {
  out << absl::StreamFormat(kRow, "mode", "recorded", "dropout", "statistics",
                            "backward");
  for (const bool training : {true, false}) {
    for (const bool recorded : {true, false}) {
      RETURN_IF_ERROR(Check(training, recorded, out));
    }
  }
  const c10::AutoGradMode record(false);
  const at::Tensor loss = (*Linear(4, 1))(at::randn({2, 4})).sum();
  const std::string fault = ErrorOf([&] { loss.backward(); });
  out << "backward of what isn't recorded: " << fault << "\n";
  return Claim(!fault.empty(), "there is no way back");
}

Made<Snippet> MakeTrainAndEval(const snippet::TrainAndEval&) {
  return SnippetOf(Show);
}

TOQUE_PLUGIN(MakeTrainAndEval);

}  // namespace
}  // namespace toque
