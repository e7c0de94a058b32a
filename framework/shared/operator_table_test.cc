#include "framework/shared/operator_table.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace toque {
namespace {

using testing::HasSubstr;
using testing::Not;

// linear [0, 100) calls t [10, 20) and mm [30, 90), which calls mm [40, 60);
// then t again; another thread works at the same time.
const std::vector<OperatorCall> kCalls = {
    {"mm", 1, 40, 60}, {"linear", 1, 0, 100}, {"t", 1, 10, 20},
    {"mm", 1, 30, 90}, {"t", 1, 100, 105},    {"other", 2, 0, 50},
};

TEST(OperatorTimesTest, TakeWhatIsCalledFromWhatCalls) {
  const auto times = OperatorTimes(kCalls);
  ASSERT_EQ(times.size(), 4u);
  EXPECT_EQ(times[0].name, "mm");
  EXPECT_EQ(times[0].calls, 2);
  EXPECT_EQ(times[0].own, 60);
  EXPECT_EQ(times[0].whole, 80);
  EXPECT_EQ(times[1].name, "other");
  EXPECT_EQ(times[1].own, 50);
  EXPECT_EQ(times[2].name, "linear");
  EXPECT_EQ(times[2].own, 30);
  EXPECT_EQ(times[2].whole, 100);
  EXPECT_EQ(times[3].name, "t");
  EXPECT_EQ(times[3].own, 15);
}

TEST(OperatorTimesTest, OfOneThatBeginsWithAnotherTheLongerHoldsIt) {
  const auto times = OperatorTimes({{"inner", 1, 0, 4}, {"outer", 1, 0, 10}});
  EXPECT_EQ(times[0].name, "outer");
  EXPECT_EQ(times[0].own, 6);
}

TEST(OperatorTableTest, ListsAsManyRowsAsAskedForAndTheSumOfAll) {
  const std::string table = OperatorTable(kCalls, 2);
  EXPECT_THAT(table, HasSubstr("mm "));
  EXPECT_THAT(table, HasSubstr("other "));
  EXPECT_THAT(table, Not(HasSubstr("linear ")));
  // 60 of 155 ns.
  EXPECT_THAT(table, HasSubstr("38.7 %"));
}

TEST(OperatorTableTest, OfNothingIsItsHeader) {
  EXPECT_THAT(OperatorTable({}, 5), HasSubstr("operator"));
}

}  // namespace
}  // namespace toque
