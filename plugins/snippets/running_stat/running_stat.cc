#include "framework/layers/running_stat.h"

#include "ATen/ops/full.h"
#include "ATen/ops/lerp.h"
#include "ATen/ops/zeros.h"
#include "framework/core/snippet.h"
#include "plugins/snippets/running_stat/running_stat.pb.h"

namespace toque {
namespace {

std::shared_ptr<RunningStat> MeanOfChannels(
    RunningStatOptions::Correction correction) {
  return std::make_shared<RunningStat>(
      RunningStatOptions{
          .shape = {2}, .momentum = 0.25, .correction = correction},
      [](const at::Tensor& input) { return input.mean(0); });
}

void Show(Page& page) {
  const auto plain = MeanOfChannels(RunningStatOptions::Correction::kNone);
  const auto corrected = MeanOfChannels(RunningStatOptions::Correction::kBias);
  const at::Tensor batch = at::full({8, 2}, 4.0f);
  for (int step = 1; step <= 3; ++step) {
    (*plain)(batch);
    (*corrected)(batch);
    page.Line("step ", step, ": ", plain->Value()[0].item<float>(),
              ", corrected ", corrected->Value()[0].item<float>());
  }
  page.Claim(plain->Value()[0].item<float>() == 4 * (1 - 0.75f * 0.75f * 0.75f),
             "momentum is the share of the new value");

  plain->eval();
  const at::Tensor before = plain->Value();
  (*plain)(batch.mul(100));
  page.Claim(plain->Value().equal(before), "evaluation leaves it alone");
  page.Claim(plain->named_buffers().contains("average"),
             "it is a buffer, which checkpoints hold");

  // By hand: the value has to be detached.
  at::Tensor average = at::zeros({});
  const at::Tensor input = batch.clone().requires_grad_();
  average = at::lerp(average, input.mean(), 0.25);
  page.Trap("an average by hand joins the graph, which grows with each step",
            average.requires_grad(), "requires_grad() is true");
  (*corrected)(input);
  page.Claim(!corrected->Value().requires_grad(), "the layer's doesn't");
}

Made<Snippet> MakeRunningStat(const snippet::RunningStat&) {
  return SnippetOf(Show);
}

TOQUE_PLUGIN(MakeRunningStat);

}  // namespace
}  // namespace toque
