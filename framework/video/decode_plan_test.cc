#include "framework/video/decode_plan.h"

#include <algorithm>
#include <string_view>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace toque {
namespace {

using Step = DecodePlan::Step;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// An index from the packets in the order of decoding and the numbers of their
// frames: I restarts, b may be dropped, P and B may not.
VideoIndex IndexOfGroups(std::string_view kinds, std::vector<int> frames) {
  VideoIndex index;
  index.separable = true;
  index.frames.resize(frames.size());
  for (size_t i = 0; i < kinds.size(); ++i) {
    index.packets.push_back(
        {.restart = kinds[i] == 'I', .droppable = kinds[i] == 'b'});
    index.frames[static_cast<size_t>(frames[i])].packet =
        static_cast<int32_t>(i);
  }
  return index;
}

// Two groups in the order of being shown.
VideoIndex Plain() {
  return IndexOfGroups("IPPPIPPP", {0, 1, 2, 3, 4, 5, 6, 7});
}

std::vector<int32_t> PacketsOf(const DecodePlan& plan) {
  std::vector<int32_t> packets;
  for (const Step& step : plan.steps) packets.push_back(step.packet);
  return packets;
}

std::vector<int32_t> PacketsFor(const VideoIndex& index,
                                std::vector<int64_t> frames) {
  return PacketsOf(PlanDecoding(index, frames));
}

TEST(DecodePlan, OfNoFramesIsEmpty) {
  EXPECT_THAT(PlanDecoding(Plain(), {}).steps, IsEmpty());
}

TEST(DecodePlan, BeginsAtTheNearestRestartAndEndsWithTheFrame) {
  EXPECT_THAT(PacketsFor(Plain(), {2}), ElementsAre(0, 1, 2));
  EXPECT_THAT(PacketsFor(Plain(), {4}), ElementsAre(4));
  EXPECT_THAT(PacketsFor(Plain(), {6}), ElementsAre(4, 5, 6));
}

TEST(DecodePlan, JumpsOverWhatNoFrameNeedsWithAFreshDecoder) {
  const std::vector<int64_t> frames = {1, 5};
  EXPECT_THAT(PlanDecoding(Plain(), frames).steps,
              ElementsAre(Step{0, false}, Step{1, false}, Step{4, true},
                          Step{5, false}));
}

TEST(DecodePlan, GoesOnWhereNothingIsLeftOut) {
  const std::vector<int64_t> frames = {3, 4};
  EXPECT_THAT(PlanDecoding(Plain(), frames).steps,
              ElementsAre(Step{0, false}, Step{1, false}, Step{2, false},
                          Step{3, false}, Step{4, false}));
}

TEST(DecodePlan, TakesFramesInAnyOrderAndRepeatedOnesOnce) {
  const std::vector<int64_t> frames = {5, 1, 5, 1};
  const DecodePlan plan = PlanDecoding(Plain(), frames);
  EXPECT_THAT(PacketsOf(plan), ElementsAre(0, 1, 4, 5));
  EXPECT_THAT(plan.wanted,
              ElementsAre(DecodePlan::Wanted{1, 1}, DecodePlan::Wanted{5, 5}));
}

TEST(DecodePlan, LeavesOutWhatNoOneRefersToUnlessItIsWanted) {
  // Shown: I0 b1 b2 P3 b4 b5 P6.
  const VideoIndex index = IndexOfGroups("IPbbPbb", {0, 3, 1, 2, 6, 4, 5});
  EXPECT_THAT(PacketsFor(index, {6}), ElementsAre(0, 1, 4));
  EXPECT_THAT(PacketsFor(index, {2}), ElementsAre(0, 1, 3));
  EXPECT_THAT(PacketsFor(index, {1, 5}), ElementsAre(0, 1, 2, 4, 6));
}

TEST(DecodePlan, KeepsTheMiddleOfAPyramid) {
  // Shown: I0 b1 B2 b3 P4.
  const VideoIndex index = IndexOfGroups("IPBbb", {0, 4, 2, 1, 3});
  EXPECT_THAT(PacketsFor(index, {3}), ElementsAre(0, 1, 2, 4));
  EXPECT_THAT(PacketsFor(index, {4}), ElementsAre(0, 1));
}

TEST(DecodePlan, OfAnOpenGroupDecodesTheGroupBefore) {
  // Shown: I0 b1 b2 P3 b4 b5 I6 P7, where b4 and b5 lie behind I6.
  const VideoIndex index = IndexOfGroups("IPbbIbbP", {0, 3, 1, 2, 6, 4, 5, 7});
  EXPECT_THAT(PacketsFor(index, {6}), ElementsAre(4));
  EXPECT_THAT(PacketsFor(index, {7}), ElementsAre(4, 7));
  EXPECT_THAT(PacketsFor(index, {5}), ElementsAre(0, 1, 4, 6));
}

TEST(DecodePlan, OfAnOpenGroupBeginsEarlyEvenIfItsRestartComesFirst) {
  // The restart's own frame is wanted, too, and its packet comes before that of
  // the frame which needs the group before.
  const VideoIndex index = IndexOfGroups("IPbbIbbP", {0, 3, 1, 2, 6, 4, 5, 7});
  EXPECT_THAT(PacketsFor(index, {6, 5}), ElementsAre(0, 1, 4, 6));
}

TEST(DecodePlan, DoesNotBeginWithAPacketThatGivesNoFrame) {
  VideoIndex index = IndexOfGroups("IPIP", {0, 1, 2, 3});
  index.frames = {{.packet = 0}, {.packet = 1}, {.packet = 3}};
  EXPECT_THAT(PacketsFor(index, {2}), ElementsAre(0, 1, 2, 3));
}

TEST(DecodePlan, OfPicturesTakesSinglePackets) {
  VideoIndex index = IndexOfGroups("IIII", {0, 1, 2, 3});
  for (VideoPacket& packet : index.packets) packet.droppable = true;
  const std::vector<int64_t> frames = {3, 1};
  EXPECT_THAT(PlanDecoding(index, frames).steps,
              ElementsAre(Step{1, false}, Step{3, true}));
}

TEST(DecodePlan, SendsAllPacketsWhereFramesAreCounted) {
  VideoIndex index = Plain();
  index.separable = false;
  EXPECT_THAT(PacketsFor(index, {5}), ElementsAre(0, 1, 2, 3, 4, 5, 6, 7));
}

// What a frame refers to, in a clip of open groups and a pyramid, is always
// sent, since the frame's restart, whichever frames are wanted with it.
TEST(DecodePlan, OfAnySetHoldsWhatEachFrameNeedsAlone) {
  const VideoIndex index = IndexOfGroups(
      "IPBbbIBbbPBbb", {0, 4, 2, 1, 3, 8, 6, 5, 7, 12, 10, 9, 11});
  for (unsigned set = 1; set < 1u << index.size(); ++set) {
    std::vector<int64_t> frames;
    for (int64_t i = 0; i < index.size(); ++i) {
      if ((set >> i & 1) != 0) frames.push_back(i);
    }
    const std::vector<int32_t> together = PacketsFor(index, frames);
    ASSERT_TRUE(std::is_sorted(together.begin(), together.end()));
    for (const int64_t frame : frames) {
      const std::vector<int32_t> alone = PacketsFor(index, {frame});
      ASSERT_TRUE(std::includes(together.begin(), together.end(), alone.begin(),
                                alone.end()))
          << "frame " << frame << " of set " << set;
    }
  }
}

}  // namespace
}  // namespace toque
