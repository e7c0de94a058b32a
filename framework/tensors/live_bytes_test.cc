#include "framework/tensors/live_bytes.h"

#include "ATen/core/Tensor.h"
#include "ATen/ops/empty.h"
#include "gtest/gtest.h"

namespace toque {
namespace {

at::Tensor OfKib(int64_t kib) { return at::empty({kib * 1024}, at::kByte); }

TEST(LiveBytesTest, FollowsWhatIsMadeAndFreed) {
  const LiveBytes live;
  EXPECT_EQ(live.bytes(), 0);
  {
    const at::Tensor one = OfKib(3);
    const at::Tensor other = OfKib(1);
    EXPECT_EQ(live.bytes(), 4096);
    EXPECT_EQ(live.kib(), 4);
  }
  EXPECT_EQ(live.kib(), 0);
  const at::Tensor later = OfKib(2);
  EXPECT_EQ(live.kib(), 2);
  EXPECT_EQ(live.peak_kib(), 4);
}

TEST(LiveBytesTest, SeesNothingOfWhatWasMadeBefore) {
  at::Tensor before = OfKib(8);
  const LiveBytes live;
  const at::Tensor after = OfKib(1);
  EXPECT_EQ(live.kib(), 1);
  before.reset();
  EXPECT_EQ(live.kib(), 1);
}

}  // namespace
}  // namespace toque
