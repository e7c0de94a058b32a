#include <thread>

#include "ATen/core/grad_mode.h"
#include "ATen/ops/ones.h"
#include "c10/core/InferenceMode.h"
#include "framework/core/snippet.h"
#include "plugins/snippets/no_gradients/no_gradients.pb.h"

namespace toque {
namespace {

void Show(Page& page) {
  at::Tensor weight = at::ones({2, 2}).set_requires_grad(true);
  const at::Tensor x = at::ones({3, 2});

  const at::Tensor recorded = x.mm(weight);
  at::Tensor scores;
  {
    const at::NoGradGuard no_gradients;
    scores = x.mm(weight);
    weight.sub_(0.5);  // as an optimizer does
  }
  page.Claim(recorded.requires_grad(), "outside, an output needs gradients");
  page.Claim(!scores.requires_grad(), "in the scope, it does not");
  page.Claim(weight.requires_grad(), "the weight still does");
  page.Line("weight after its update: ", weight[0][0].item<float>());

  page.Trap("there is no way back through what was not recorded",
            [&] { scores.sum().backward(); });
  page.Trap("outside of the scope a parameter can't be updated in place",
            [&] { weight.sub_(0.5); });

  at::Tensor features;
  {
    const c10::InferenceMode inference;  // cheaper, and for good
    features = x.mul(2);
  }
  page.Trap("what inference mode made can't join a graph later",
            [&] { features.mm(weight); });

  const at::NoGradGuard no_gradients;
  bool recording = false;
  std::thread([&] { recording = at::GradMode::is_enabled(); }).join();
  page.Trap("the scope is of one thread", recording, "a new thread records");
}

Made<Snippet> MakeNoGradients(const snippet::NoGradients&) {
  return SnippetOf(Show);
}

TOQUE_PLUGIN(MakeNoGradients);

}  // namespace
}  // namespace toque
