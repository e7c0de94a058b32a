#include <memory>
#include <vector>

#include "ATen/ops/ones.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "c10/core/GradMode.h"
#include "framework/core/model.h"
#include "framework/core/model_access.h"
#include "framework/core/snippet.h"
#include "framework/layers/layers.h"
#include "plugins/snippets/train_and_eval/train_and_eval.pb.h"

namespace toque {
namespace {

struct Net : Model {
  std::vector<int64_t> ExampleShape() const override { return {4}; }
  at::Tensor Forward(const at::Tensor& input) override {
    return (*dropout)((*norm)(input));
  }
  float Mean() const {
    return norm->named_buffers()["running_mean"][0].item<float>();
  }

  Layer norm = Add("norm", BatchNorm1d(4));
  Layer dropout = Add("dropout", Dropout(0.5));
};

constexpr char kRow[] = "%-6s %-9s %-8s %-11s %s";

// A line of what one of the four combinations does.
void ShowCombination(bool training, bool recorded, Page& page) {
  Net net;
  net.train(training);
  const c10::AutoGradMode record(recorded);
  const at::Tensor y = net(at::ones({32, 4}));

  const bool drops = (*net.dropout)(at::ones({1024})).eq(0).any().item<bool>();
  const bool moves = net.Mean() != 0;
  page.Line(absl::StrFormat(kRow, training ? "train" : "eval",
                            recorded ? "yes" : "no", drops ? "on" : "off",
                            moves ? "move" : "stay",
                            y.requires_grad() ? "yes" : "no"));
  page.Claim(drops == training && moves == training,
             "the mode decides what layers do");
  page.Claim(y.requires_grad() == recorded,
             "recording decides whether there are gradients");
}

void ShowNestedEvaluation(Page& page) {
  const auto model = std::make_shared<Net>();  // in train mode
  Net& net = *model;
  {
    const ModeScope evaluation(net, /*training=*/false);
    { const ModeScope nested(net, /*training=*/false); }
    page.Claim(!net.is_training(), "after a nested ModeScope it is eval mode");
    net.eval();
    net.train();  // as an evaluation without a scope ends
    net(at::ones({32, 4}));
    page.Trap("an evaluation that ends with train() spoils the one around it",
              net.Mean() == 0.1F,
              absl::StrCat("its batch moved a mean from 0 to ", net.Mean()));
  }
  page.Claim(net.is_training(), "after the outer one it is train mode");
}

void ShowTraps(Page& page) {
  const c10::AutoGradMode record(false);
  Net net;
  net(at::ones({32, 4}));
  page.Trap("without recording, train mode still moves statistics",
            net.Mean() == 0.1F,
            absl::StrCat("a batch moved a mean from 0 to ", net.Mean()));
  page.Trap("train mode has no statistics of one example", [&] {
    net(at::ones({1, 4}));
  });
  const at::Tensor loss = (*Linear(4, 1))(at::ones({2, 4})).sum();
  page.Trap("there is no way back through what isn't recorded",
            [&] { loss.backward(); });
}

void Show(Page& page) {
  page.Line(absl::StrFormat(kRow, "mode", "recorded", "dropout", "statistics",
                            "backward"));
  for (const bool training : {true, false}) {
    for (const bool recorded : {true, false}) {
      ShowCombination(training, recorded, page);
    }
  }
  ShowNestedEvaluation(page);
  ShowTraps(page);
}

Made<Snippet> MakeTrainAndEval(const snippet::TrainAndEval&) {
  return SnippetOf(Show);
}

TOQUE_PLUGIN(MakeTrainAndEval);

}  // namespace
}  // namespace toque
