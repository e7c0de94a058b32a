#include "ATen/Context.h"
#include "ATen/core/grad_mode.h"
#include "ATen/ops/arange.h"
#include "ATen/ops/cat.h"
#include "ATen/ops/linear.h"
#include "ATen/ops/randn.h"
#include "ATen/ops/tensor.h"
#include "ATen/ops/zeros.h"
#include "framework/core/model.h"
#include "framework/core/model_access.h"
#include "framework/testing/gradient.h"
#include "framework/testing/tensor_matchers.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

using testing::ElementsAre;

constexpr char kBackbone[] =
    "backbone { [type.googleapis.com/toque.TinyConvNet] { channels: 6 } } ";

std::shared_ptr<Model> MakeWith(const std::string& options = "") {
  at::manual_seed(3);
  return MakeOrDie<Model>("recipe.SegmentConsensus", kBackbone + options);
}

// The backbone alone, with the same weights.
std::shared_ptr<Model> Backbone() {
  at::manual_seed(3);
  return MakeOrDie<Model>("toque.TinyConvNet", "channels: 6");
}

// Its scores of each segment: [N, K, 3].
at::Tensor ScoresOf(const at::Tensor& clips) {
  return Predict(*Backbone(), clips.flatten(0, 1))
      .unflatten(0, {clips.size(0), clips.size(1)});
}

// Of two clips of four segments, pictures of two channels.
at::Tensor Clips() { return Scattered({2, 4, 2, 4, 6}).to(at::kFloat); }

AllClose IsNear(const at::Tensor& expected) {
  return AllClose(expected, 1e-5, 1e-6);
}

std::string Fault(Model& model, at::IntArrayRef shape) {
  try {
    Predict(model, at::zeros(shape));
  } catch (const LayerError& error) {
    return error.what();
  }
  return "no fault";
}

TEST(SegmentConsensusTest, HasTheParametersOfItsBackboneUnderTheirNames) {
  std::vector<std::string> names;
  for (const auto& [name, tensor] : Parameters(*MakeWith())) {
    names.push_back(name);
  }
  EXPECT_THAT(names, ElementsAre("features.0.weight", "features.0.bias",
                                 "fc.weight", "fc.bias"));
  EXPECT_THAT(
      BlockPaths(*MakeWith()),
      ElementsAre("features", "features.0", "features.1", "fc", "consensus"));
  EXPECT_EQ(MakeWith("segments: 5")->ExampleShape(),
            std::vector<int64_t>({5, 2, 4, 6}));
}

TEST(SegmentConsensusTest, IsTheMeanOfTheScoresOfAnyNumberOfSegments) {
  const at::Tensor clips = Clips();
  const auto model = MakeWith();
  EXPECT_THAT(Predict(*model, clips), IsNear(ScoresOf(clips).mean(1)));
  const at::Tensor one = clips.narrow(1, 2, 1);
  EXPECT_THAT(Predict(*model, one), IsNear(ScoresOf(one).squeeze(1)));
  EXPECT_THAT(Predict(*model, one.squeeze(1)),
              IsNear(ScoresOf(one).squeeze(1)));
}

TEST(SegmentConsensusTest, TakesTheHighestScores) {
  const at::Tensor scores = ScoresOf(Clips());
  EXPECT_THAT(Predict(*MakeWith("consensus: MAX"), Clips()),
              IsNear(scores.amax(1)));
  const at::Tensor sorted = std::get<0>(scores.sort(1, /*descending=*/true));
  EXPECT_THAT(Predict(*MakeWith("consensus: TOP_K k: 2"), Clips()),
              IsNear(sorted.narrow(1, 0, 2).mean(1)));
  EXPECT_THAT(Fault(*MakeWith("consensus: TOP_K k: 5"), {1, 4, 2, 4, 6}),
              testing::HasSubstr("consensus: Consensus(TOP_K): input [1, 4, "
                                 "3]: k must be at most the 4 segments, got "
                                 "5"));
}

TEST(SegmentConsensusTest, WeighsSegmentsByTheirScores) {
  const auto model = MakeWith("consensus: WEIGHTED");
  const at::Tensor scores = ScoresOf(Clips());
  EXPECT_THAT(Predict(*model, Clips()), IsNear(scores.mean(1)));
  const at::Tensor weight = model->named_parameters()["consensus.weight"];
  weight.detach().copy_(at::tensor({5.0f, -3.0f, 2.0f}));
  const at::Tensor exponents = scores.matmul(weight).exp();
  const at::Tensor shares = exponents.div(exponents.sum(1, true));
  EXPECT_THAT(Predict(*model, Clips()),
              IsNear(scores.mul(shares.unsqueeze(2)).sum(1)));
}

TEST(SegmentConsensusTest, JoinsTheFramesOfASegment) {
  const auto model = MakeWith("frames: 2 segments: 4");
  EXPECT_EQ(model->ExampleShape(), std::vector<int64_t>({8, 1, 4, 6}));
  const at::Tensor clips = Clips();
  EXPECT_THAT(Predict(*model, clips.reshape({2, 8, 1, 4, 6})),
              IsNear(ScoresOf(clips).mean(1)));
  EXPECT_THAT(Fault(*model, {1, 3, 1, 4, 6}),
              testing::HasSubstr("input must have 2 frames for each segment, "
                                 "got 3 in all"));
}

TEST(SegmentConsensusTest, TakesDifferencesOfTheFramesOfASegment) {
  const auto model = MakeWith("frames: 3 differences: true segments: 1");
  EXPECT_EQ(model->ExampleShape(), std::vector<int64_t>({3, 1, 4, 6}));
  const at::Tensor frames = Scattered({1, 3, 1, 4, 6}).to(at::kFloat);
  const at::Tensor differences =
      at::cat({frames.select(1, 1) - frames.select(1, 0),
               frames.select(1, 2) - frames.select(1, 1)},
              1);  // [1, 2, 4, 6]
  EXPECT_THAT(Predict(*model, frames),
              IsNear(ScoresOf(differences.unsqueeze(0)).mean(1)));
}

TEST(SegmentConsensusTest, OrderCountsWithATemporalShiftAlone) {
  const std::string shift = "temporal_shift { fraction: 2 at: '0$' } ";
  const at::Tensor clips = Clips();
  const at::Tensor backwards = clips.flip(1);
  EXPECT_THAT(Predict(*MakeWith(), clips),
              IsNear(Predict(*MakeWith(), backwards)));
  EXPECT_THAT(Predict(*MakeWith(shift), clips),
              testing::Not(IsNear(Predict(*MakeWith(shift), backwards))));
  EXPECT_THAT(
      Predict(*MakeWith("temporal_shift { fraction: 0 at: '0$' }"), clips),
      IsNear(Predict(*MakeWith(), clips)));
  // Channel 0 of the next frame, channel 1 of the one before.
  const at::Tensor none = at::zeros({2, 1, 1, 4, 6});
  const at::Tensor moved =
      at::cat({at::cat({clips.narrow(1, 1, 3).narrow(2, 0, 1), none}, 1),
               at::cat({none, clips.narrow(1, 0, 3).narrow(2, 1, 1)}, 1)},
              2);
  EXPECT_THAT(Predict(*MakeWith(shift), clips),
              IsNear(Predict(*MakeWith(), moved)));
}

TEST(SegmentConsensusTest, HasTheGradientOfFiniteDifferences) {
  const auto model =
      MakeWith("consensus: WEIGHTED temporal_shift { fraction: 2 at: '.' }");
  MoveTo(*model, at::kCPU, at::kDouble);
  model->named_parameters()["consensus.weight"].detach().add_(0.7);
  const auto function = [&model](const at::Tensor& clips) {
    return Predict(*model, clips).square().sum();
  };
  EXPECT_LT(GradientError(function, Scattered({1, 3, 2, 4, 6})), 1e-6);
}

TEST(SegmentConsensusTest, DropsTheInputOfAPartInTraining) {
  const auto model = MakeWith("dropout { probability: 0.5 before: 'fc' }");
  at::manual_seed(1);
  const at::Tensor first = Predict(*model, Clips());
  EXPECT_FALSE(first.equal(Predict(*model, Clips())));
  at::manual_seed(1);
  EXPECT_TRUE(first.equal(Predict(*model, Clips())));
  const ModeScope evaluation(*model, /*training=*/false);
  EXPECT_THAT(Predict(*model, Clips()), IsNear(ScoresOf(Clips()).mean(1)));
}

TEST(SegmentConsensusTest, EvaluatesManyClipsInParts) {
  const auto model = MakeWith("temporal_shift { fraction: 2 at: '.' }");
  const ModeScope evaluation(*model, /*training=*/false);
  const at::Tensor clips = Scattered({5, 30, 2, 4, 6}).to(at::kFloat);
  const at::Tensor whole = Predict(*model, clips).detach();
  const at::NoGradGuard no_gradients;
  EXPECT_THAT(Predict(*model, clips), IsNear(whole));
}

TEST(SegmentConsensusTest, RefusesOtherShapes) {
  EXPECT_THAT(Fault(*MakeWith(), {2, 4, 6}),
              testing::StartsWith("SegmentConsensus: input [2, 4, 6]: "));
  EXPECT_THAT(
      Fault(*MakeWith(), {2, 4, 6}),
      testing::EndsWith("must have shape [*, *, *, *, *], got [2, 4, 6]"));
  EXPECT_THAT(Fault(*MakeWith(), {1, 3, 1, 4, 6}),
              testing::StartsWith("features.0: Conv2d"));
}

TEST(SegmentConsensusTest, RefusesBadOptions) {
  const std::pair<std::string, const char*> faults[] = {
      {"frames: 0", "frames must be at least 1, got 0"},
      {"differences: true", "frames must be at least 2, got 1"},
      {"frames: 3",
       "backbone must take 3 times the channels of a frame, got 2"},
      {"k: 0", "k must be at least 1, got 0"},
      {"segments: 0", "segments must be at least 1, got 0"},
      {"batch_norm: PARTIAL",
       "batch_norm: PARTIAL needs a backbone with batch norms"},
      {"temporal_shift {}", "temporal_shift: at must be given"},
      {"temporal_shift { at: '.' fraction: 1 }",
       "temporal_shift: fraction must be 0 or at least 2, got 1"},
      {"temporal_shift { at: 'fc' }",
       "temporal_shift: at must match a convolution of the backbone"},
      {"dropout {}", "dropout: before must be given"},
      {"dropout { before: 'fcc' }",
       "before must be the path of a part of the backbone, got fcc; did you "
       "mean fc?"},
      {"dropout { before: 'fc' probability: 1 }",
       "dropout: probability must be at least 0 and below 1, got 1"},
  };
  for (const auto& [options, text] : faults) {
    EXPECT_THAT(Make<Model>("recipe.SegmentConsensus", kBackbone + options),
                FailsWith(text));
  }
  EXPECT_THAT(Make<Model>("recipe.SegmentConsensus"),
              FailsWith("backbone must be given"));
}

}  // namespace
}  // namespace toque
