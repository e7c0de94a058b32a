#include "ATen/ops/ones.h"
#include "absl/strings/str_format.h"
#include "c10/core/GradMode.h"
#include "framework/core/snippet.h"
#include "framework/layers/layers.h"
#include "plugins/snippets/train_and_eval/train_and_eval.pb.h"

namespace toque {
namespace {

constexpr char kRow[] = "%-6s %-9s %-8s %-11s %s";

// A line of what one of the four combinations does.
void ShowCombination(bool training, bool recorded, Page& page) {
  const Layer norm = BatchNorm1d(4);
  const Layer dropout = Dropout(0.5);
  const Layer model = Sequential(norm, dropout);
  model->train(training);
  const c10::AutoGradMode record(recorded);
  const at::Tensor y = (*model)(at::ones({32, 4}));

  const bool drops = (*dropout)(at::ones({1024})).eq(0).any().item<bool>();
  const bool moves =
      norm->named_buffers()["running_mean"].ne(0).any().item<bool>();
  page.Line(absl::StrFormat(kRow, training ? "train" : "eval",
                            recorded ? "yes" : "no", drops ? "on" : "off",
                            moves ? "move" : "stay",
                            y.requires_grad() ? "yes" : "no"));
  page.Claim(drops == training && moves == training,
             "the mode decides what layers do");
  page.Claim(y.requires_grad() == recorded,
             "recording decides whether there are gradients");
}

void Show(Page& page) {
  page.Line(absl::StrFormat(kRow, "mode", "recorded", "dropout", "statistics",
                            "backward"));
  for (const bool training : {true, false}) {
    for (const bool recorded : {true, false}) {
      ShowCombination(training, recorded, page);
    }
  }
  const c10::AutoGradMode record(false);
  const at::Tensor loss = (*Linear(4, 1))(at::ones({2, 4})).sum();
  page.Trap("there is no way back through what isn't recorded",
            [&] { loss.backward(); });
}

Made<Snippet> MakeTrainAndEval(const snippet::TrainAndEval&) {
  return SnippetOf(Show);
}

TOQUE_PLUGIN(MakeTrainAndEval);

}  // namespace
}  // namespace toque
