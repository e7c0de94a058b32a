#include <algorithm>

#include "datasets/recall/recall.pb.h"
#include "framework/core/dataset.h"
#include "framework/core/option_checks.h"

namespace toque {
namespace {

struct Recall : Dataset {
  explicit Recall(const recipe::Recall& options) : options(options) {}

  absl::Status Open(const Context&) override { return absl::OkStatus(); }

  DatasetInfo Info() const override {
    const bool last = options.target() == recipe::Recall::LAST;
    return {.classes = options.symbols(),
            .shape = {options.length(), options.symbols()},
            .target = last ? TargetKind::kLabel : TargetKind::kValues};
  }

  int64_t size() const override { return options.examples(); }

  absl::Status Read(int64_t index, Rng&, Example* example) const override {
    const std::vector<int64_t> symbols = Symbols(index);
    const auto values = example->Values({options.length(), options.symbols()});
    std::ranges::fill(values, 0.0f);
    auto step = values.begin();
    for (const int64_t symbol : symbols) {
      step[symbol] = 1;
      step += options.symbols();
    }
    SetTarget(symbols, example);
    return absl::OkStatus();
  }

  std::vector<int64_t> Symbols(int64_t index) const {
    Rng rng(options.seed(), 0, static_cast<uint64_t>(index));
    std::vector<int64_t> symbols(static_cast<size_t>(options.length()));
    for (int64_t& symbol : symbols) symbol = rng.Below(options.symbols());
    return symbols;
  }

  void SetTarget(const std::vector<int64_t>& symbols, Example* example) const {
    if (options.target() == recipe::Recall::LAST) {
      example->SetLabel(symbols.end()[-1 - options.delay()]);
      return;
    }
    const auto target = example->SetTarget(options.length(), at::kLong);
    for (size_t t = 0; t < target.size(); ++t) {
      const size_t asked =
          t - std::min(t, static_cast<size_t>(options.delay()));
      target[t] = static_cast<float>(symbols[asked]);
    }
  }

  recipe::Recall options;
};

Made<Dataset> MakeRecall(const recipe::Recall& options) {
  RETURN_IF_ERROR(Together({
      AtLeast("examples", options.examples(), 1),
      Between("symbols", options.symbols(), 2, 1 << 16),
      Between("length", options.length(), 1, 1 << 16),
      Within("delay", options.delay(), 0, options.length()),
  }));
  return std::make_unique<Recall>(options);
}

TOQUE_PLUGIN(MakeRecall);

}  // namespace
}  // namespace toque
