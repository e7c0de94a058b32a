// What every transform must do.

#include "ATen/core/Tensor.h"
#include "ATen/ops/arange.h"
#include "framework/core/transform.h"
#include "framework/testing/conformance.h"

namespace toque {
namespace {

constexpr int64_t kSide = 32;

// What an example may hold: images of so many channels, or values.
enum class Holding { kGrey, kColour, kValues };

class TransformConformance : public testing::TestWithParam<Candidate> {
 protected:
  TransformConformance() : pixels_(3 * kSide * kSide) {
    for (size_t i = 0; i < pixels_.size(); ++i) {
      pixels_[i] = static_cast<uint8_t>(i * i % 251);
    }
  }

  void SetUp() override {
    auto made =
        Make<Transform>(GetParam(), Context().WithDataset({.classes = 10}));
    ASSERT_OK(made);
    transform_ = *std::move(made);
  }

  // Puts `frames` equal frames, or values, into an example.
  void Fill(Holding holding, size_t frames, Example& example) const {
    example.SetLabel(3);
    if (holding == Holding::kValues) {
      example.images.clear();
      example.values = at::arange(12, at::kFloat).view({3, 4}).div(4);
      return;
    }
    example.SetImage();
    example.images[0].resize(frames);
    const auto layout = PixelLayout::Interleaved(
        holding == Holding::kGrey ? 1 : 3, kSide, kSide);
    for (Image& image : example.images[0]) image.View(pixels_.data(), layout);
  }

  // The frames' pixels or the values, and the target; an error where the
  // transform refuses such an example.
  absl::StatusOr<std::vector<std::vector<float>>> Apply(
      Holding holding, Example& example, size_t frames = 1) const {
    Rng rng(7);
    return Apply(holding, frames, rng, example);
  }

  absl::StatusOr<std::vector<std::vector<float>>> Apply(
      Holding holding, size_t frames, Rng& rng, Example& example) const {
    Fill(holding, frames, example);
    RETURN_IF_ERROR(transform_->Apply(example, rng));
    std::vector<std::vector<float>> result;
    for (const auto& view : example.images) {
      for (const Image& image : view) {
        result.emplace_back(static_cast<size_t>(image.elements()));
        EXPECT_OK(image.Write(result.back().data()));
      }
    }
    if (!example.has_images()) {
      const at::Tensor values = example.values.to(at::kFloat).contiguous();
      const float* begin = values.const_data_ptr<float>();
      result.emplace_back(begin, begin + values.numel());
    }
    if (example.target_kind() == TargetKind::kValues) {
      result.emplace_back(example.target().begin(), example.target().end());
    }
    return result;
  }

  // The kinds of examples that the transform takes.
  std::vector<Holding> Taken() const {
    std::vector<Holding> taken;
    for (const Holding holding :
         {Holding::kGrey, Holding::kColour, Holding::kValues}) {
      Example example;
      if (Apply(holding, example).ok()) taken.push_back(holding);
    }
    return taken;
  }

  std::vector<uint8_t> pixels_;
  std::unique_ptr<Transform> transform_;
};

TEST_P(TransformConformance, TakesImagesOrValues) {
  EXPECT_FALSE(Taken().empty());
}

TEST_P(TransformConformance, IsAFunctionOfExampleAndGenerator) {
  for (const Holding holding : Taken()) {
    Example one, other;
    EXPECT_EQ(*Apply(holding, one), *Apply(holding, other));
  }
}

TEST_P(TransformConformance, WorksOnAnExampleThatWasUsedBefore) {
  for (const Holding before : Taken()) {
    for (const Holding holding : Taken()) {
      Example fresh, used;
      ASSERT_OK(Apply(before, used));
      EXPECT_EQ(*Apply(holding, used), *Apply(holding, fresh));
    }
  }
}

TEST_P(TransformConformance, KeepsEqualFramesEqual) {
  for (const Holding holding : Taken()) {
    if (holding == Holding::kValues) continue;
    Example example;
    const auto frames = Apply(holding, example, 3);
    ASSERT_OK(frames);
    EXPECT_EQ((*frames)[1], (*frames)[0]);
    EXPECT_EQ((*frames)[2], (*frames)[0]);
  }
}

// Whatever the draws are: a clip takes as many as a picture, for the same
// change.
TEST_P(TransformConformance, DrawsOnceForAClip) {
  for (const Holding holding : Taken()) {
    if (holding == Holding::kValues) continue;
    for (uint64_t seed = 0; seed < 20; ++seed) {
      Example picture, clip;
      Rng of_picture(seed), of_clip(seed);
      const auto frame = Apply(holding, 1, of_picture, picture);
      const auto frames = Apply(holding, 4, of_clip, clip);
      ASSERT_OK(frame);
      ASSERT_OK(frames);
      EXPECT_EQ((*frames)[3], (*frame)[0]) << "seed " << seed;
      EXPECT_EQ(of_clip.Next(), of_picture.Next()) << "seed " << seed;
    }
  }
}

TEST_P(TransformConformance, LeavesTheDataSetsMemoryAlone) {
  const std::vector<uint8_t> before = pixels_;
  for (const Holding holding : Taken()) {
    Example example;
    ASSERT_OK(Apply(holding, example));
  }
  EXPECT_EQ(pixels_, before);
}

CONFORMANCE_SUITE(TransformConformance, Transform::kKind);

}  // namespace
}  // namespace toque
