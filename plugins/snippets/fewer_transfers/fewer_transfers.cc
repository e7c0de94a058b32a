#include <memory>
#include <string_view>
#include <utility>

#include "ATen/ops/ones.h"
#include "ATen/ops/zeros.h"
#include "ATen/record_function.h"
#include "framework/core/snippet.h"
#include "plugins/snippets/fewer_transfers/fewer_transfers.pb.h"

namespace toque {
namespace {

thread_local int reads = 0;

// Sees every operator; this one hands a number to the CPU.
std::unique_ptr<at::ObserverContext> Count(const at::RecordFunction& function) {
  reads += function.name() == std::string_view("aten::_local_scalar_dense");
  return nullptr;
}

int ReadsSoFar() { return std::exchange(reads, 0); }

void Show(Page& page) {
  const auto counting =
      at::addThreadLocalCallback(at::RecordFunctionCallback(Count));
  const at::Tensor weight = at::ones({}).set_requires_grad(true);
  const auto loss_of = [&](int batch) { return weight.mul(batch); };

  double total = 0;
  for (int batch = 1; batch <= 100; ++batch) {
    total += loss_of(batch).item<double>();
  }
  page.Line("a read each batch: mean ", total / 100, ", ", ReadsSoFar(),
            " reads");

  const at::Tensor sum = at::zeros({}, at::kDouble);
  for (int batch = 1; batch <= 100; ++batch) {
    sum.add_(loss_of(batch).detach());
  }
  const double mean = sum.item<double>() / 100;
  page.Line("a sum on the device: mean ", mean, ", ", ReadsSoFar(), " read");
  page.Claim(mean == total / 100, "both are the same mean");

  // A branch on a tensor's value is a read, too.
  if (loss_of(1).isnan().item<bool>()) return;
  page.Claim(ReadsSoFar() == 1, "a look for NaN reads");

  at::Tensor losses = at::zeros({});
  for (int batch = 0; batch < 3; ++batch) losses = losses.add(loss_of(batch));
  page.Trap("a sum of losses that are not detached keeps all their graphs",
            losses.requires_grad(), "it requires gradients");

  const at::Tensor large = at::zeros({}).add_(16777216);  // 2^24
  page.Trap("a sum in float32 stands still", large.add(1).equal(large),
            "2^24 + 1 is 2^24");
  at::removeCallback(counting);
}

Made<Snippet> MakeFewerTransfers(const snippet::FewerTransfers&) {
  return SnippetOf(Show);
}

TOQUE_PLUGIN(MakeFewerTransfers);

}  // namespace
}  // namespace toque
