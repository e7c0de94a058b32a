#include "framework/stop.h"

#include <thread>

#include "framework/loader/loader.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

// Reads the first example at once, and any other until nobody waits for it.
struct Endless : Dataset {
  absl::Status Open(const Context&) override { return absl::OkStatus(); }
  DatasetInfo Info() const override { return {.shape = {1}}; }
  int64_t size() const override { return 50; }
  absl::Status Read(int64_t index, Rng&, Example* example) const override {
    while (index > 0 && !MustStop()) std::this_thread::yield();
    example->Values(1)[0] = static_cast<float>(index);
    example->SetLabel(0);
    return absl::OkStatus();
  }
};

TEST(StopTest, EndsWhatThreadsReadWhenTheirLoaderIsTornDown) {
  const Endless endless;
  LoaderOptions options;
  options.dataset = &endless;
  options.end = endless.size();
  options.threads = 2;
  EXPECT_OK(Loader::Start(options));
}

TEST(StopTest, IsWhatTheInnermostScopeSays) {
  EXPECT_FALSE(MustStop());
  std::atomic<bool> outer = true, inner = false;
  const StopScope first(outer);
  EXPECT_TRUE(MustStop());
  {
    const StopScope second(inner);
    EXPECT_FALSE(MustStop());
    inner = true;
    EXPECT_TRUE(MustStop());
  }
  outer = false;
  EXPECT_FALSE(MustStop());
}

}  // namespace
}  // namespace toque
