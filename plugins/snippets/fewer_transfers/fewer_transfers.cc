#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>

#include "ATen/ops/allclose.h"
#include "ATen/ops/arange.h"
#include "ATen/ops/eye.h"
#include "ATen/ops/ones.h"
#include "ATen/ops/zeros.h"
#include "ATen/record_function.h"
#include "absl/strings/str_cat.h"
#include "framework/core/snippet.h"
#include "plugins/snippets/fewer_transfers/fewer_transfers.pb.h"

namespace toque {
namespace {

// Of the operators that wait for a GPU, those that are called below: they give
// a number to the CPU, or a result whose size depends on values.
constexpr std::array<std::string_view, 3> kReads = {
    "aten::_local_scalar_dense", "aten::equal", "aten::nonzero"};

thread_local int reads = 0;

// Counts the reads of this thread while it lives.
class ReadCounter {
 public:
  ReadCounter() { reads = 0; }
  ~ReadCounter() { at::removeCallback(handle_); }
  ReadCounter(const ReadCounter&) = delete;
  ReadCounter& operator=(const ReadCounter&) = delete;

  // Those since the last call.
  int Take() { return std::exchange(reads, 0); }

 private:
  static std::unique_ptr<at::ObserverContext> Count(
      const at::RecordFunction& function) {
    reads += std::ranges::count(kReads, function.name());
    return nullptr;
  }

  const at::CallbackHandle handle_ =
      at::addThreadLocalCallback(at::RecordFunctionCallback(Count));
};

void ShowLosses(const at::Tensor& weight, ReadCounter& counter, Page& page) {
  double total = 0;
  for (int batch = 1; batch <= 100; ++batch) {
    total += weight.mul(batch).item<double>();
  }
  page.Line("a read each batch: mean loss ", total / 100, ", ", counter.Take(),
            " reads");

  const at::Tensor sum = at::zeros({}, at::kDouble);
  for (int batch = 1; batch <= 100; ++batch) {
    sum.add_(weight.mul(batch).detach());
  }
  const double mean = sum.item<double>() / 100;
  page.Line("a sum on the device: mean loss ", mean, ", ", counter.Take(),
            " read");
  page.Claim(mean == total / 100, "both are the same mean");
}

void ShowAccuracy(ReadCounter& counter, Page& page) {
  const at::Tensor scores = at::eye(4);                  // of classes 0 to 3
  const at::Tensor labels = at::arange(4).clamp_max(2);  // 0, 1, 2, 2
  const at::Tensor correct = at::zeros({}, at::kLong);
  for (int batch = 1; batch <= 100; ++batch) {
    correct.add_(scores.argmax(1).eq(labels).sum());
  }
  page.Claim(counter.Take() == 0, "right answers are counted without a read");
  const double accuracy = correct.item<double>() / 400;
  page.Line("accuracy ", accuracy, ", ", counter.Take(), " read");
}

// Reads that don't say item.
void ShowHiddenReads(ReadCounter& counter, Page& page) {
  const at::Tensor x = at::ones({4});
  const auto reads_once = [&](std::string_view text,
                              const std::function<void()>& code) {
    code();
    const int count = counter.Take();
    page.Trap(text, count == 1, absl::StrCat(count, " read"));
  };
  reads_once("x.equal(y) answers with a bool", [&] { x.equal(x); });
  reads_once("so does at::allclose(x, y)", [&] { at::allclose(x, x); });
  reads_once("x.nonzero() has to know how many there are",
             [&] { x.nonzero(); });
}

void Show(Page& page) {
  ReadCounter counter;
  const at::Tensor weight = at::ones({}).set_requires_grad(true);
  ShowLosses(weight, counter, page);
  ShowAccuracy(counter, page);
  ShowHiddenReads(counter, page);

  at::Tensor losses = at::zeros({});
  for (int i = 0; i < 3; ++i) losses = losses.add(weight.mul(i));
  page.Trap("a sum of losses that are not detached keeps all their graphs",
            losses.requires_grad(), "it requires gradients");

  const at::Tensor large = at::zeros({}).add_(16777216);  // 2^24
  page.Trap("a sum in float32 stands still", large.add(1).equal(large),
            absl::StrCat("2^24 + 1 is ", large.add(1).item<int64_t>()));
}

Made<Snippet> MakeFewerTransfers(const snippet::FewerTransfers&) {
  return SnippetOf(Show);
}

TOQUE_PLUGIN(MakeFewerTransfers);

}  // namespace
}  // namespace toque
