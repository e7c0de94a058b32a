#include "ATen/Context.h"
#include "ATen/DeviceAccelerator.h"
#include "ATen/ops/arange.h"
#include "ATen/ops/empty.h"
#include "framework/core/snippet.h"
#include "plugins/snippets/pinned_memory/pinned_memory.pb.h"

namespace toque {
namespace {

at::Tensor PinnedBatch() {
  return at::empty({128, 3}, at::TensorOptions().pinned_memory(true))
      .copy_(at::arange(384).view({128, 3}));
}

// A batch on its way to the GPU, and the copy that need not be waited for.
void ShowWithGpu(Page& page) {
  const at::Tensor batch = PinnedBatch();
  const at::Tensor copy = batch.to(at::kCUDA, /*non_blocking=*/true);
  page.Claim(batch.is_pinned(), "a batch is made in pinned memory");
  page.Claim(!batch.clone().is_pinned(), "a clone of it is not");
  // What runs on the GPU after the copy needs no such wait; the CPU does before
  // it writes the batch anew.
  at::accelerator::synchronizeDevice(at::accelerator::getDeviceIndex());
  page.Claim(copy.cpu().equal(batch), "once awaited, the copy is the batch");
}

void Show(Page& page) {
  const at::Tensor plain = at::empty({128, 3});
  page.Claim(!plain.is_pinned(), "memory is pinned only where it is asked for");
  if (at::globalContext().hasCUDA()) {
    ShowWithGpu(page);
  } else {
    page.Trap("there is none without a GPU", [] { PinnedBatch(); });
  }
}

Made<Snippet> MakePinnedMemory(const snippet::PinnedMemory&) {
  return SnippetOf(Show);
}

TOQUE_PLUGIN(MakePinnedMemory);

}  // namespace
}  // namespace toque
