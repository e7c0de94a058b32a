#include "ATen/ops/ones.h"
#include "ATen/ops/tensor.h"
#include "absl/strings/str_cat.h"
#include "framework/core/snippet.h"
#include "framework/layers/layers.h"
#include "framework/tensors/live_bytes.h"
#include "plugins/snippets/in_place/in_place.pb.h"

namespace toque {
namespace {

// The most memory that the outputs of a linear layer and a ReLU take at once;
// each is 1024 KiB.
int64_t PeakKib(Inplace inplace) {
  const at::Tensor x = at::ones({512, 512});
  const Layer net = Sequential(Linear(512, 512), Relu(inplace));
  const LiveBytes live;
  const at::Tensor y = (*net)(x);
  return live.peak_kib();
}

void ShowLayers(Page& page) {
  const int64_t apart = PeakKib(Inplace::kNo);
  const int64_t in_place = PeakKib(Inplace::kYes);
  page.Line("Relu(): up to ", apart, " KiB");
  page.Line("Relu(Inplace::kYes): up to ", in_place, " KiB");
  page.Claim(apart - in_place == 1024, "it needs no memory of its own");

  const at::Tensor w = at::tensor({-1.F, 0.F, 2.F}).set_requires_grad(true);
  const at::Tensor y = (*Relu(Inplace::kYes))(w.mul(3));
  y.sum().backward();
  page.Claim(y.equal((*Relu())(w.mul(3))), "its output is that of Relu()");
  page.Claim(w.grad().equal(at::tensor({0.F, 0.F, 3.F})),
             "and so is its gradient");
}

void ShowTraps(Page& page) {
  const at::Tensor kept =
      (*LeakyRelu(0.5))(at::tensor({-1.F, 0.F, 2.F}));  // of the layer before
  const float before = kept.min().item<float>();
  (*Relu(Inplace::kYes))(kept);
  const float after = kept.min().item<float>();
  page.Trap("an output kept of the layer before loses its negatives",
            before == -0.5 && after == 0,
            absl::StrCat("its least value was ", before, " and is ", after));

  at::Tensor w = at::ones({3}).set_requires_grad(true);
  page.Trap("a parameter can't be written: gradients end up there",
            [&] { w.relu_(); });
  // exp needs its result in backward; mul by a number, above, does not.
  at::Tensor z = w.exp();
  z.relu_();
  page.Trap("what backward needs can't be written, which is noticed only there",
            [&] { z.sum().backward(); });
}

void Show(Page& page) {
  ShowLayers(page);
  ShowTraps(page);
}

Made<Snippet> MakeInPlace(const snippet::InPlace&) { return SnippetOf(Show); }

TOQUE_PLUGIN(MakeInPlace);

}  // namespace
}  // namespace toque
