// //tools:extract on pictures of a folder.

#include <filesystem>

#include "ATen/core/Tensor.h"
#include "ATen/ops/allclose.h"
#include "ATen/ops/empty.h"
#include "framework/core/dataset.h"
#include "framework/weights/safetensors.h"
#include "tests/end_to_end/small_run.h"
#include "tests/tools/picture_folder.h"
#include "tests/tools/run_tool.h"

namespace toque {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class ExtractTest : public testing::Test {
 protected:
  ExtractTest() {
    for (const std::string name : {"cats/a.png", "cats/b.png", "dogs/c.png"}) {
      fs::create_directories(fs::path(pictures_ + "/" + name).parent_path());
      inputs_.push_back(WritePicture(pictures_ + "/" + name,
                                     static_cast<uint32_t>(inputs_.size())));
    }
  }

  ToolRun Extract(std::vector<std::string> arguments) const {
    arguments.insert(
        arguments.begin(),
        {"tools/extract", "--out=" + out_, "--batch_size=2", "--device=CPU",
         "--compute_threads=1",
         "--model=[type.googleapis.com/recipe.CifarResNet] { depth: 8 "
         "classes: 6 }",
         "--transforms=transform { [type.googleapis.com/recipe.CenterCrop] { "
         "size: 12 } }"});
    return RunTool(arguments);
  }
  at::Tensor Read(const std::string& name) const {
    const auto file = ReadSafetensors(out_);
    EXPECT_OK(file);
    const auto tensor = file->state.Get(name);
    EXPECT_OK(tensor);
    return *tensor;
  }

  const std::string folder_ = TestFolder();
  const std::string pictures_ = folder_ + "/pictures";
  const std::string out_ = folder_ + "/out.safetensors";
  std::vector<at::Tensor> inputs_;
};

TEST_F(ExtractTest, WritesWhatPartsMakeOfEachPicture) {
  const ToolRun run = Extract({"--taps=linear,layer3", pictures_});
  ASSERT_EQ(run.status, 0) << run.output;
  EXPECT_THAT(run.output, HasSubstr("out.safetensors: 3 rows, 0 left out;"));
  const at::Tensor logits = Read("linear");
  ASSERT_EQ(logits.sizes(), at::IntArrayRef({3, 6}));
  for (int64_t i = 0; i < 3; ++i) {
    EXPECT_TRUE(at::allclose(
        logits[i], LogitsOf(inputs_[static_cast<size_t>(i)])[0], 1e-4, 1e-5))
        << i;
  }
  EXPECT_EQ(Read("layer3").sizes(), at::IntArrayRef({3, 64, 3, 3}));
  const auto file = ReadSafetensors(out_);
  EXPECT_FALSE(file->state.Has("labels")) << "loose pictures have none";
  EXPECT_EQ(*file->state.GetText("names"), pictures_ + "/cats/a.png\n" +
                                               pictures_ + "/cats/b.png\n" +
                                               pictures_ + "/dogs/c.png\n");
}

TEST_F(ExtractTest, OfADataSetHasLabelsAndClasses) {
  const ToolRun run =
      Extract({"--taps=layer3", "--rows=mean", "--data=" + folder_,
               "--dataset=[type.googleapis.com/recipe.ImageFolder] { folder: "
               "'pictures' }"});
  ASSERT_EQ(run.status, 0) << run.output;
  EXPECT_EQ(Read("layer3").sizes(), at::IntArrayRef({3, 64}));
  const at::Tensor labels = Read("labels");
  EXPECT_EQ(labels[0].item<int64_t>(), 0);
  EXPECT_EQ(labels[2].item<int64_t>(), 1);
  const auto file = ReadSafetensors(out_);
  EXPECT_EQ(*file->state.GetText("names"),
            "cats/a.png\ncats/b.png\ndogs/c.png\n");
  EXPECT_EQ(file->metadata.at("classes"), R"(["cats","dogs"])");
}

TEST_F(ExtractTest, GoesOnWhereABrokenPictureStoppedIt) {
  const std::string third = pictures_ + "/dogs/c.png";
  const std::string bytes = ReadBytes(third);
  WriteBytes(third, bytes.substr(0, bytes.size() / 2));
  const ToolRun stopped = Extract({"--taps=linear", pictures_});
  EXPECT_EQ(stopped.status, 1);
  EXPECT_THAT(stopped.output, HasSubstr("dogs/c.png"));
  EXPECT_FALSE(fs::exists(out_));
  WriteBytes(third, bytes);
  const ToolRun run = Extract({"--taps=linear", pictures_});
  ASSERT_EQ(run.status, 0) << run.output;
  EXPECT_THAT(run.output, HasSubstr("goes on after 2 pictures\n"));
  EXPECT_TRUE(
      at::allclose(Read("linear")[2], LogitsOf(inputs_[2])[0], 1e-4, 1e-5));
  EXPECT_THAT(Extract({"--taps=linear", pictures_}).output,
              HasSubstr("exists already; --overwrite extracts anew"));
  EXPECT_EQ(Extract({"--taps=linear", "--overwrite", pictures_}).status, 0);
}

TEST_F(ExtractTest, LeavesBrokenPicturesOutWhereAsked) {
  WriteBytes(pictures_ + "/cats/b.png", "no picture");
  const ToolRun run = Extract({"--taps=linear", "--skip_broken", pictures_});
  ASSERT_EQ(run.status, 0) << run.output;
  EXPECT_THAT(run.output, HasSubstr("2 rows, 1 left out"));
  EXPECT_TRUE(
      at::allclose(Read("linear")[1], LogitsOf(inputs_[2])[0], 1e-4, 1e-5));
}

TEST_F(ExtractTest, PassesOverBatchesOfBrokenPicturesAlone) {
  for (const std::string name : {"cats/a.png", "cats/b.png"}) {
    WriteBytes(pictures_ + "/" + name, "no picture");
  }
  const ToolRun run = Extract({"--taps=linear", "--skip_broken", pictures_});
  ASSERT_EQ(run.status, 0) << run.output;
  EXPECT_THAT(run.output, HasSubstr("1 rows, 2 left out"));
  EXPECT_TRUE(
      at::allclose(Read("linear")[0], LogitsOf(inputs_[2])[0], 1e-4, 1e-5));
  WriteBytes(pictures_ + "/dogs/c.png", "no picture");
  EXPECT_THAT(
      Extract({"--taps=linear", "--skip_broken", "--overwrite", pictures_})
          .output,
      HasSubstr("an example must be whole, all 3 are broken"));
}

TEST_F(ExtractTest, OverwritesNothingBeforeAllIsChecked) {
  ASSERT_EQ(Extract({"--taps=linear", pictures_}).status, 0);
  EXPECT_THAT(Extract({"--taps=liner", "--overwrite", pictures_}).output,
              HasSubstr("--taps: must be a part of the model"));
  EXPECT_TRUE(fs::exists(out_));
}

// The scores of a clip's frames, each computed by itself, and their mean.
TEST_F(ExtractTest, AveragesTheFramesOfAClip) {
  const std::string options =
      "examples: 5 frames: 6 sampler { "
      "[type.googleapis.com/recipe.TsnSegments] { segments: 3 mode: TEST } }";
  const ToolRun run = Extract(
      {"--taps=linear",
       "--model=[type.googleapis.com/recipe.SegmentConsensus] { backbone { "
       "[type.googleapis.com/recipe.CifarResNet] { depth: 8 classes: 6 } } }",
       "--transforms=transform { [type.googleapis.com/recipe.CenterCrop] { "
       "size: 32 } }",
       "--dataset=[type.googleapis.com/recipe.MovingShapes] { " + options +
           " }"});
  ASSERT_EQ(run.status, 0) << run.output;
  const at::Tensor rows = Read("linear");
  ASSERT_EQ(rows.sizes(), at::IntArrayRef({5, 6}));
  const auto clips = MakeOrDie<Dataset>("recipe.MovingShapes", options);
  ASSERT_OK(clips->Open(Context()));
  Example example;
  for (int64_t i = 0; i < 5; ++i) {
    Rng rng(0);
    ASSERT_OK(clips->Read(i, rng, &example));
    const at::Tensor frames = at::empty({3, 3, 32, 32}, at::kFloat);
    for (int64_t t = 0; t < 3; ++t) {
      ASSERT_OK(example.images[0][static_cast<size_t>(t)].Write(
          frames[t].mutable_data_ptr<float>()));
    }
    EXPECT_TRUE(at::allclose(rows[i], LogitsOf(frames).mean(0), 1e-4, 1e-5));
  }
}

TEST_F(ExtractTest, SaysWhatIsWrong) {
  EXPECT_THAT(Extract({"--taps=linear", "--section=eval"}).output,
              HasSubstr("--section must be one with a data set, got eval"));
  EXPECT_THAT(Extract({"--taps=linear", "--out=a.csv", pictures_}).output,
              HasSubstr("--out must end in .safetensors or .npy, got a.csv"));
  EXPECT_THAT(Extract({"--taps=laier3.0", pictures_}).output,
              HasSubstr("must be a part of the model (did you mean"));
  EXPECT_THAT(Extract({"--taps=linear"}).output,
              HasSubstr("pictures, --dataset or --section must be given"));
  EXPECT_THAT(Extract({"--taps=linear", folder_ + "/none.png"}).output,
              HasSubstr("none.png: isn't there"));
  EXPECT_THAT(Extract({"--rows=half", "--taps=linear", pictures_}).output,
              HasSubstr("--rows must be whole, flat or mean, got half"));
  const ToolRun none = Extract({pictures_});
  EXPECT_THAT(none.output, HasSubstr("--taps must be given"));
  EXPECT_EQ(none.status, 1);
}

}  // namespace
}  // namespace toque
