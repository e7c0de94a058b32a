#include "tools/in_order.h"

#include <atomic>
#include <memory>

#include "gmock/gmock.h"

namespace toque {
namespace {

using testing::ElementsAre;

using Number = std::unique_ptr<int64_t>;

TEST(InOrderTest, HandsResultsOutInOrderForAnyNumberOfThreads) {
  for (const int threads : {1, 2, 7}) {
    std::vector<int64_t> taken;
    const absl::Status done =
        InOrder<Number>(threads, 3)
            .Run(
                5, 105,
                [](int64_t i) { return std::make_unique<int64_t>(i * i); },
                [&taken](int64_t i, Number number) {
                  taken.push_back(i);
                  EXPECT_EQ(*number, i * i);
                  return absl::OkStatus();
                });
    EXPECT_TRUE(done.ok());
    ASSERT_EQ(taken.size(), 100u);
    for (size_t i = 0; i < 100; ++i) {
      EXPECT_EQ(taken[i], 5 + static_cast<int64_t>(i));
    }
  }
}

TEST(InOrderTest, HoldsNoMoreThanItIsTold) {
  // Counts from the beginning of their making until after they were taken.
  std::atomic<int64_t> held = 0, most = 0;
  const auto make = [&](int64_t) {
    const int64_t now = ++held;
    for (int64_t seen = most; now > seen;)
      most.compare_exchange_weak(seen, now);
    return 0;
  };
  const auto take = [&](int64_t, int) {
    --held;
    return absl::OkStatus();
  };
  EXPECT_TRUE(InOrder<int>(8, 3).Run(0, 2000, make, take).ok());
  EXPECT_LE(most, 3);
  EXPECT_EQ(held, 0);
}

TEST(InOrderTest, EndsWithTheFirstError) {
  std::vector<int64_t> taken;
  std::atomic<int64_t> greatest = 0;
  const absl::Status done = InOrder<int>(2, 4).Run(
      0, 1000,
      [&greatest](int64_t i) {
        for (int64_t seen = greatest; i > seen;) {
          greatest.compare_exchange_weak(seen, i);
        }
        return 0;
      },
      [&taken](int64_t i, int) {
        taken.push_back(i);
        return i < 2 ? absl::OkStatus() : Invalid("i must be below 2", i);
      });
  EXPECT_EQ(done.message(), "i must be below 2, got 2");
  EXPECT_THAT(taken, ElementsAre(0, 1, 2));
  EXPECT_LE(greatest, 5);
}

TEST(InOrderTest, TakesNothingOfNothing) {
  int calls = 0;
  const auto take = [&calls](int64_t, int) {
    ++calls;
    return absl::OkStatus();
  };
  EXPECT_TRUE(InOrder<int>(3, 2)
                  .Run(
                      4, 4, [](int64_t) { return 0; }, take)
                  .ok());
  EXPECT_EQ(calls, 0);
}

}  // namespace
}  // namespace toque
