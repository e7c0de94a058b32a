#include "ATen/ops/ones.h"
#include "ATen/ops/zeros.h"
#include "c10/core/Allocator.h"
#include "c10/util/ThreadLocalDebugInfo.h"
#include "framework/core/snippet.h"
#include "plugins/snippets/drop_temporaries/drop_temporaries.pb.h"

namespace toque {
namespace {

// Counts the bytes of the CPU tensors of this thread that are alive.
class LiveBytes : public c10::MemoryReportingInfoBase {
 public:
  void reportMemoryUsage(void* /*memory*/, int64_t size, size_t /*allocated*/,
                         size_t /*reserved*/, at::Device /*device*/) override {
    bytes_ += size;
  }
  bool memoryProfilingEnabled() const override { return true; }

  // Prints and claims how much there is, in KiB.
  absl::Status Check(int64_t kib, std::string_view what,
                     std::ostream& out) const {
    out << what << ": " << bytes_ / 1024 << " KiB\n";
    return Claim(bytes_ / 1024 == kib,
                 absl::StrCat(View(what), ": ", kib, " KiB"));
  }

 private:
  int64_t bytes_ = 0;
};

absl::Status Show(std::ostream& out) {
  const auto live = std::make_shared<LiveBytes>();
  const c10::DebugInfoGuard counted(c10::DebugInfoKind::PROFILER_STATE, live);
  const at::Tensor x = at::ones({512, 512}).set_requires_grad(true);
  RETURN_IF_ERROR(live->Check(1024, "a tensor", out));
  {
    const at::Tensor doubled = x.detach().mul(2);
    const at::Tensor shifted = doubled.add(1);
    RETURN_IF_ERROR(live->Check(3072, "in a scope with two more", out));
  }
  RETURN_IF_ERROR(live->Check(1024, "after it", out));

  // Trap: a view keeps the whole of what it looks at.
  at::Tensor row = x.detach().mul(2)[0];
  RETURN_IF_ERROR(live->Check(2048, "with one row of another", out));
  row = row.clone();
  RETURN_IF_ERROR(live->Check(1026, "with a copy of that row", out));
  row.reset();

  // Trap: a loss keeps the graph it comes from, and with it activations.
  at::Tensor losses = at::zeros({});
  for (int step = 0; step < 3; ++step) losses = losses.add(x.exp().mean());
  RETURN_IF_ERROR(live->Check(4096, "with the sum of three losses", out));
  losses = losses.detach();
  return live->Check(1024, "with that sum, detached", out);
}

Made<Snippet> MakeDropTemporaries(const snippet::DropTemporaries&) {
  return SnippetOf(Show);
}

TOQUE_PLUGIN(MakeDropTemporaries);

}  // namespace
}  // namespace toque
