// Images on their way into a batch: types, layouts, normalisation.

#include <array>
#include <string>

#include "ATen/ops/arange.h"
#include "framework/loader/loader.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

constexpr int64_t kChannels = 3, kHeight = 4, kWidth = 5;
constexpr int64_t kElements = kChannels * kHeight * kWidth;

// Examples of `views` views of `frames` pictures, whose bytes, interleaved, are
// numbered through.
struct Pictures : Dataset {
  absl::Status Open(const Context&) override { return absl::OkStatus(); }
  DatasetInfo Info() const override { return {}; }
  int64_t size() const override { return 10; }
  absl::Status Read(int64_t index, Rng&, Example* example) const override {
    example->SetImage();
    example->images.resize(views);
    int64_t next = index * 7;
    for (auto& view : example->images) {
      view.resize(frames);
      for (Image& image : view) {
        for (uint8_t& byte : image.Allocate(kChannels, kHeight, kWidth)) {
          byte = static_cast<uint8_t>(next++);
        }
      }
    }
    example->SetLabel(index);
    return absl::OkStatus();
  }
  size_t views = 1;
  size_t frames = 1;
};

struct Normalise : Transform {
  absl::Status Apply(Example& example, Rng&) const override {
    for (auto& view : example.images) {
      for (Image& image : view) {
        const float mean = example.index == odd_one ? 0.1f : 0.25f;
        RETURN_IF_ERROR(
            image.Normalize({mean, 0.5f, 0.75f}, {0.5f, 0.3f, 0.2f}));
      }
    }
    return absl::OkStatus();
  }
  int64_t odd_one = -1;
};

class PixelsTest : public testing::Test {
 protected:
  LoaderOptions Options(PixelForm pixels) const {
    LoaderOptions options;
    options.dataset = &pictures_;
    options.end = pictures_.size();
    options.transforms = {&normalise_};
    options.batch_size = 4;
    options.threads = 0;
    options.pixels = pixels;
    return options;
  }

  Batch First(PixelForm pixels) const {
    Batch batch;
    const auto loader = Loader::Start(Options(pixels));
    EXPECT_OK(loader);
    if (!loader.ok()) return batch;
    EXPECT_OK((*loader)->Next(&batch));
    return batch;
  }

  // [4, views, frames, C, H, W] of bytes, from the data set's definition.
  at::Tensor Bytes() const {
    const auto views = static_cast<int64_t>(pictures_.views);
    const auto frames = static_cast<int64_t>(pictures_.frames);
    const at::Tensor first = at::arange(4).mul(7).view({4, 1});
    return at::arange(views * frames * kElements)
        .add(first)
        .bitwise_and(255)
        .to(at::kByte)
        .view({4, views, frames, kHeight, kWidth, kChannels})
        .permute({0, 1, 2, 5, 3, 4});
  }

  Pictures pictures_;
  Normalise normalise_;
};

TEST_F(PixelsTest, ChannelsLastBatchesHoldTheSameValues) {
  for (const auto type :
       {PixelForm::kFloat32, PixelForm::kBfloat16, PixelForm::kUint8}) {
    const at::Tensor planar = First({type, false}).input;
    const at::Tensor interleaved = First({type, true}).input;
    EXPECT_TRUE(planar.is_contiguous());
    EXPECT_TRUE(interleaved.is_contiguous(at::MemoryFormat::ChannelsLast));
    EXPECT_EQ(interleaved.sizes(),
              at::IntArrayRef({4, kChannels, kHeight, kWidth}));
    EXPECT_TRUE(interleaved.equal(planar)) << type;
  }
}

TEST_F(PixelsTest, FloatsAreNormalised) {
  const at::Tensor bytes = Bytes().flatten(0, 2).to(at::kDouble);
  const at::Tensor input = First({}).input;
  constexpr std::array<double, 3> kMean = {0.25, 0.5, 0.75};
  constexpr std::array<double, 3> kStd = {0.5, 0.3, 0.2};
  for (int64_t c = 0; c < kChannels; ++c) {
    const auto i = static_cast<size_t>(c);
    const at::Tensor expected =
        bytes.select(1, c).div(255).sub(kMean[i]).div(kStd[i]);
    EXPECT_TRUE(
        input.select(1, c).to(at::kDouble).allclose(expected, 1e-6, 1e-6));
  }
}

TEST_F(PixelsTest, Bfloat16IsTheRoundedFloat) {
  const at::Tensor rounded = First({PixelForm::kBfloat16, false}).input;
  EXPECT_EQ(rounded.scalar_type(), at::kBFloat16);
  EXPECT_TRUE(rounded.equal(First({}).input.to(at::kBFloat16)));
}

TEST_F(PixelsTest, BytesCarryTheirNormalisation) {
  const Batch batch = First({PixelForm::kUint8, false});
  EXPECT_TRUE(batch.input.equal(Bytes().flatten(0, 2)));
  const at::Tensor normalised = batch.input.to(at::kFloat)
                                    .div(255)
                                    .mul(batch.scale.view({3, 1, 1}))
                                    .add(batch.shift.view({3, 1, 1}));
  EXPECT_TRUE(normalised.allclose(First({}).input, 1e-6, 1e-6));
  EXPECT_FALSE(First({}).scale.defined());
}

TEST_F(PixelsTest, NamesAnExampleThatIsNormalisedInAnotherWay) {
  normalise_.odd_one = 6;
  auto loader = *Loader::Start(Options({PixelForm::kUint8, false}));
  Batch batch;
  ASSERT_OK(loader->Next(&batch));
  EXPECT_THAT(loader->Next(&batch),
              FailsWith("example 6: pixels UINT8 must be normalised alike in "
                        "all examples, channel 0 to v * 2 + -0.5, got v * 2 "
                        "+ -0.2"));
  // Each for itself is no fault.
  loader = *Loader::Start(Options({}));
  ASSERT_OK(loader->Next(&batch));
  EXPECT_OK(loader->Next(&batch));
}

TEST_F(PixelsTest, KeepsTheOrderOfViewsAndFrames) {
  pictures_.views = 2;
  pictures_.frames = 3;
  for (const bool interleaved : {false, true}) {
    const Batch batch = First({PixelForm::kUint8, interleaved});
    EXPECT_EQ(batch.views, 2);
    EXPECT_TRUE(batch.input.equal(Bytes().flatten(0, 1))) << interleaved;
    // Frames as pictures of their own need no copy.
    EXPECT_TRUE(batch.input.flatten(0, 1).is_contiguous(
        interleaved ? at::MemoryFormat::ChannelsLast
                    : at::MemoryFormat::Contiguous));
  }
}

TEST_F(PixelsTest, TakesNoMoreMemoryAfterTheFirstEpoch) {
  for (const bool interleaved : {false, true}) {
    const auto loader =
        *Loader::Start(Options({PixelForm::kFloat32, interleaved}));
    Batch batch;
    for (int i = 0; i < 30; ++i) ASSERT_OK(loader->Next(&batch));
    EXPECT_EQ(loader->allocations(), 2);
  }
}

// Grey pictures of a format that says all in its header; of one the last byte
// is missing, which only decoding finds.
struct Encoded : Dataset {
  absl::Status Open(const Context&) override { return absl::OkStatus(); }
  DatasetInfo Info() const override { return {}; }
  int64_t size() const override { return 4; }
  absl::Status Read(int64_t index, Rng&, Example* example) const override {
    Image& image = example->SetImage();
    const std::string file = "P5\n2 2\n255\n\x10\x20\x30";
    image.bytes().assign(file.begin(), file.end());
    if (index != 2) image.bytes().push_back(0x40);
    example->SetLabel(0);
    return image.Open(image.bytes(), {.channels = 1});
  }
};

TEST(EncodedTest, APictureThatCannotBeDecodedIsABrokenExample) {
  const Encoded encoded;
  LoaderOptions options;
  options.dataset = &encoded;
  options.end = 4;
  options.pixels.type = PixelForm::kUint8;
  Batch batch;
  auto loader = *Loader::Start(options);
  EXPECT_THAT(loader->Next(&batch), FailsWith("example 2: "));
  options.on_broken = OnBroken::kSkip;
  loader = *Loader::Start(options);
  ASSERT_OK(loader->Next(&batch));
  EXPECT_EQ(batch.index, (std::vector<int64_t>{0, 1, 3}));
  EXPECT_TRUE(batch.input.flatten().equal(
      at::arange(1, 5).mul(16).to(at::kByte).repeat({3})));
}

struct Vectors : Encoded {
  absl::Status Read(int64_t, Rng&, Example* example) const override {
    example->Values(2)[0] = 1;
    example->SetLabel(0);
    return absl::OkStatus();
  }
};

TEST(EncodedTest, RefusesATypeOfPixelsForWhatHasNone) {
  const Vectors vectors;
  LoaderOptions options;
  options.dataset = &vectors;
  options.end = 4;
  options.pixels.type = PixelForm::kUint8;
  EXPECT_THAT(
      Loader::Start(options),
      FailsWith("pixels must be FLOAT32 for examples that are no images"));
}

}  // namespace
}  // namespace toque
