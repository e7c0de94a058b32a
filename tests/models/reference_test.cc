// Published weights, and how many examples they get right: as Python's nets do
// on the same files.

#include <filesystem>
#include <fstream>
#include <string>

#include "ATen/core/Tensor.h"
#include "framework/core/model.h"
#include "framework/testing/testing.h"
#include "framework/weights/model_weights.h"
#include "tests/models/burn_mnist.h"
#include "tests/models/scores.h"

namespace toque {
namespace {

// Short side 256, the middle 224 pixels.
std::vector<Plugin> Photographs(const std::string& normalisation) {
  return {{"recipe.Resize", "size: 256"},
          {"recipe.CenterCrop", "size: 224"},
          {"recipe.Normalize", normalisation}};
}

// (x - 127) / 128 of levels x; they are read as x / 255.
const char kLiteValues[] = "mean: 0.4980392157 std: 0.5019607843";
const char kImageNetValues[] =
    "mean: [ 0.485, 0.456, 0.406 ] std: [ 0.229, 0.224, 0.225 ]";

absl::Status Load(const std::string& file, const std::string& prefix,
                  const Model& model) {
  Weights options;
  options.set_file(file);
  if (!prefix.empty()) options.set_strip_prefix(prefix);
  return LoadWeights(options, Context().WithDataFolder(DataFolder()), model)
      .status();
}

// A list of the photographs of imagenet-sample, each of which is named by its
// class: the line of classes.txt, with a space between synset and name.
Plugin ImageNetSample() {
  const std::string folder = DataFolder() + "/imagenet-sample";
  const std::string list = TestFolder() + "/imagenet_sample.txt";
  std::ifstream classes(folder + "/classes.txt");
  std::ofstream lines(list);
  int64_t label = 0;
  for (std::string name; std::getline(classes, name); ++label) {
    name[name.find(' ')] = '_';
    name += ".JPEG";
    if (std::ifstream(folder + "/" + name)) {
      lines << name << '\t' << label << '\n';
    }
  }
  return {"recipe.ImageList",
          "list: '" + list + "' folder: 'imagenet-sample' classes: 1000"};
}

TEST(ReferenceTest, EfficientNetLite0SeesAPalaceAndADaisy) {
  const auto model = MakeOrDie<Model>("recipe.EfficientNetLite");
  ASSERT_OK(Load("efficientnet_lite0", "", *model));
  const std::string list = TestFolder() + "/photographs.txt";
  const std::string folder = std::filesystem::current_path() / "tests/models";
  std::ofstream(list) << "china.jpg 698\nflower.jpg 985\n";
  const auto scores =
      ScoresOf(*model,
               {"recipe.ImageList",
                "list: '" + list + "' folder: '" + folder + "' classes: 1000"},
               Photographs(kLiteValues));
  ASSERT_OK(scores);
  EXPECT_EQ(scores->Hits(1), 2);
  // efficientnet_lite_pytorch 0.1.0 on the same files, resized as floats by
  // torchvision 0.26. Resized by Pillow, whose result is rounded to levels,
  // they have 7.918 and 7.184.
  EXPECT_NEAR(scores->logits[0][698].item<double>(), 8.160, 0.03);
  EXPECT_NEAR(scores->logits[1][985].item<double>(), 7.128, 0.03);
}

TEST(ReferenceTest, EfficientNetLite0OnPhotographsOf300Classes) {
  SKIP_WITHOUT_DATA();
  const auto model = MakeOrDie<Model>("recipe.EfficientNetLite");
  ASSERT_OK(Load("efficientnet_lite0", "", *model));
  const auto scores =
      ScoresOf(*model, ImageNetSample(), Photographs(kLiteValues));
  ASSERT_OK(scores);
  ASSERT_EQ(scores->labels.size(0), 300);
  // Another resize may tip the score of a photograph or two.
  EXPECT_NEAR(scores->Hits(1), 264, 2);
  EXPECT_NEAR(scores->Hits(5), 290, 2);
}

TEST(ReferenceTest, AQuarterOfMobileNetV1OnPhotographsOf300Classes) {
  SKIP_WITHOUT_DATA();
  const auto model = MakeOrDie<Model>("recipe.MobileNetV1", "width: 0.25");
  ASSERT_OK(Load("weights/retinaface-backbone/mobilenetV1X0.25_pretrain.tar",
                 "module.", *model));
  const auto scores =
      ScoresOf(*model, ImageNetSample(), Photographs(kImageNetValues));
  ASSERT_OK(scores);
  ASSERT_EQ(scores->labels.size(0), 300);
  EXPECT_NEAR(scores->Hits(1), 164, 2);
  EXPECT_NEAR(scores->Hits(5), 234, 2);
}

// 3,992 in torch 2.11. These are pictures that the net was trained with.
TEST(ReferenceTest, ResNet20OnTheFirstPicturesOfCifar10) {
  SKIP_WITHOUT_DATA();
  const auto model = MakeOrDie<Model>("recipe.CifarResNet", "depth: 20");
  ASSERT_OK(Load("weights/akamaster/resnet20-12fca82f.th", "module.", *model));
  const auto scores =
      ScoresOf(*model, {"recipe.Cifar", "file: 'cifar10-bin/data_batch_1.bin'"},
               {{"recipe.Normalize", kImageNetValues}});
  ASSERT_OK(scores);
  ASSERT_EQ(scores->labels.size(0), 4000);
  EXPECT_NEAR(scores->Hits(1), 3992, 1);
}

// The two files hold weights of two trainings; torch 2.11 gets these counts.
TEST(ReferenceTest, BurnsNetOnTheTestImagesOfMnist) {
  SKIP_WITHOUT_DATA();
  const std::pair<std::string, int64_t> files[] = {{"mnist.pt", 9915},
                                                   {"mnist.safetensors", 9917}};
  for (const auto& [file, hits] : files) {
    SCOPED_TRACE(file);
    const auto model = MakeBurnMnist();
    ASSERT_OK(Load("weights/burn/" + file, "", *model));
    const auto scores =
        ScoresOf(*model,
                 {"recipe.Idx",
                  "images: 'mnist/t10k-images-idx3-ubyte.gz' "
                  "labels: 'mnist/t10k-labels-idx1-ubyte.gz'"},
                 {{"recipe.Normalize", "mean: 0.1307 std: 0.3081"}});
    ASSERT_OK(scores);
    ASSERT_EQ(scores->labels.size(0), 10000);
    EXPECT_NEAR(scores->Hits(1), hits, 1);
  }
}

}  // namespace
}  // namespace toque
