#include "framework/layers/temporal_shift.h"

#include "ATen/ops/arange.h"
#include "ATen/ops/ones.h"
#include "ATen/ops/tensor.h"
#include "c10/util/Exception.h"
#include "framework/testing/gradient.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace toque {
namespace {

std::vector<int64_t> Values(const at::Tensor& tensor) {
  const at::Tensor flat = tensor.contiguous().view(-1);
  return {flat.const_data_ptr<int64_t>(),
          flat.const_data_ptr<int64_t>() + flat.numel()};
}

// PyTorch: tests/goldens/temporal_shift.py
TEST(TemporalShiftTest, MovesChannelsAsInPyTorch) {
  const at::Tensor maps = at::arange(1, 16).view({3, 5, 1, 1});
  EXPECT_THAT(
      Values(ShiftInTime(maps, 3, 2)),
      testing::ElementsAre(6, 7, 0, 0, 5, 11, 12, 3, 4, 10, 0, 0, 8, 9, 15));
}

// PyTorch: tests/goldens/temporal_shift.py
TEST(TemporalShiftTest, KeepsClipsApart) {
  const at::Tensor maps = at::arange(1, 16)
                              .view({1, 15, 1, 1})
                              .add(at::arange(4).mul(100).view({4, 1, 1, 1}));
  EXPECT_THAT(
      Values(ShiftInTime(maps, 2, 5)),
      testing::ElementsAre(
          101, 102, 103, 0, 0, 0, 7, 8, 9, 10, 11, 12, 13, 14, 15,        //
          0, 0, 0, 4, 5, 6, 107, 108, 109, 110, 111, 112, 113, 114, 115,  //
          301, 302, 303, 0, 0, 0, 207, 208, 209, 210, 211, 212, 213, 214,
          215,  //
          0, 0, 0, 204, 205, 206, 307, 308, 309, 310, 311, 312, 313, 314, 315));
}

TEST(TemporalShiftTest, AClipOfOneFrameLosesWhatIsMoved) {
  EXPECT_THAT(Values(ShiftInTime(at::arange(1, 7).view({2, 3, 1, 1}), 1, 3)),
              testing::ElementsAre(0, 0, 3, 0, 0, 6));
}

TEST(TemporalShiftTest, HasTheGradientOfFiniteDifferences) {
  const auto function = [](const at::Tensor& maps) {
    const at::Tensor moved = ShiftInTime(maps.square(), 3, 4);
    return moved.mul(Scattered(moved.sizes())).sum();
  };
  EXPECT_LT(GradientError(function, Scattered({6, 9, 2, 1})), 1e-7);
}

TEST(TemporalShiftTest, KeepsTheMemoryFormat) {
  const at::Tensor maps = at::arange(6 * 8 * 4 * 4).view({6, 8, 4, 4});
  const at::Tensor last = maps.contiguous(at::MemoryFormat::ChannelsLast);
  const at::Tensor moved = ShiftInTime(last, 3, 4);
  EXPECT_TRUE(moved.is_contiguous(at::MemoryFormat::ChannelsLast));
  EXPECT_TRUE(ShiftInTime(maps, 3, 4).is_contiguous());
  EXPECT_TRUE(moved.equal(ShiftInTime(maps, 3, 4)));
}

TEST(TemporalShiftTest, RefusesTooFewChannelsAndOtherShapes) {
  const auto fault = [](at::IntArrayRef shape, int64_t segments) {
    try {
      ShiftInTime(at::ones(shape), segments, 8);
    } catch (const c10::Error& error) {
      return std::string(error.what_without_backtrace());
    }
    return std::string("none");
  };
  EXPECT_EQ(fault({4, 7, 2, 2}, 2),
            "a temporal shift by 1 / 8 needs as many channels, got 7");
  EXPECT_EQ(fault({4, 8, 2, 2}, 3),
            "clips must have 3 frames each, got 4 in all");
  EXPECT_EQ(fault({4, 8}, 2), "maps must have shape [*, *, *, *], got [4, 8]");
}

}  // namespace
}  // namespace toque
