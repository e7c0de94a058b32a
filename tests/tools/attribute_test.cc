// //tools:attribute, and the colours that it lays over pictures.

#include "ATen/ops/full.h"
#include "ATen/ops/tensor.h"
#include "ATen/ops/zeros.h"
#include "framework/codec/codec.h"
#include "tests/end_to_end/small_run.h"
#include "tests/tools/picture_folder.h"
#include "tests/tools/run_tool.h"
#include "tools/overlay.h"

namespace toque {
namespace {

using testing::HasSubstr;

Sheet::Picture Grey() { return {"grey", 2, 2, std::vector<uint8_t>(12, 100)}; }

TEST(OverlayTest, HeatOfNothingLeavesThePictureAsItIs) {
  EXPECT_EQ(Overlay(Grey(), at::zeros({2, 2})).pixels, Grey().pixels);
  EXPECT_EQ(Overlay(Grey(), at::full({2, 2}, -3.0)).pixels, Grey().pixels);
}

TEST(OverlayTest, TheHottestPixelIsThreeQuartersYellow) {
  const Sheet::Picture overlay =
      Overlay(Grey(), at::tensor({0.0, 0.0, 8.0, 4.0}).view({2, 2}));
  EXPECT_EQ(overlay.name, "grey");
  const std::vector<uint8_t> top(overlay.pixels.begin(),
                                 overlay.pixels.begin() + 6);
  EXPECT_EQ(top, std::vector<uint8_t>(6, 100));
  // 100 / 4 + 3 / 4 of (252, 255, 164); and at half the heat 5 / 8 of 100 and 3
  // / 8 of (212, 72, 66).
  const std::vector<uint8_t> bottom(overlay.pixels.begin() + 6,
                                    overlay.pixels.end());
  EXPECT_EQ(bottom, std::vector<uint8_t>({214, 216, 148, 142, 90, 87}));
}

TEST(OverlayTest, RefusesHeatOfAnotherSize) {
  EXPECT_THROW(Overlay(Grey(), at::zeros({2, 3})), c10::Error);
}

class AttributeTest : public testing::Test {
 protected:
  AttributeTest() { WritePicture(folder_ + "/a.png", 1); }

  ToolRun Attribute(std::vector<std::string> arguments) const {
    arguments.insert(
        arguments.begin(),
        {"tools/attribute", "--device=CPU",
         "--model=[type.googleapis.com/recipe.CifarResNet] { depth: 8 "
         "classes: 6 }",
         "--transforms=transform { [type.googleapis.com/recipe.CenterCrop] { "
         "size: 12 } }",
         folder_ + "/a.png"});
    return RunTool(arguments);
  }

  const std::string folder_ = TestFolder();
  const std::string out_ = folder_ + "/out.png";
};

TEST_F(AttributeTest, EachMethodMakesAnOverlayOfThePicturesSize) {
  std::vector<std::string> overlays;
  for (const std::string method :
       {"saliency", "smooth_grad", "integrated_gradients", "grad_cam",
        "occlusion"}) {
    const ToolRun run = Attribute({"--method=" + method, "--out=" + out_,
                                   "--side=4", "--stride=2", "--part=layer1"});
    ASSERT_EQ(run.status, 0) << run.output;
    const std::string png = ReadBytes(out_);
    const auto header = ReadHeader(absl::MakeConstSpan(
        reinterpret_cast<const uint8_t*>(png.data()), png.size()));
    ASSERT_OK(header);
    EXPECT_EQ(header->height, 12);
    EXPECT_EQ(header->width, 12);
    EXPECT_THAT(overlays, testing::Not(testing::Contains(png))) << method;
    overlays.push_back(png);
  }
}

TEST_F(AttributeTest, AllMethodsStandOnOneSheet) {
  const std::string sheet = folder_ + "/sheet.svg";
  const ToolRun run =
      Attribute({"--method=all", "--out=" + sheet, "--label=2", "--steps=4",
                 "--samples=2", "--side=6", "--stride=6"});
  ASSERT_EQ(run.status, 0) << run.output;
  EXPECT_THAT(run.output, HasSubstr("integrated gradients add up to"));
  const std::string text = ReadBytes(sheet);
  for (const char* name : {"saliency", "smooth", "grad", "occlusion"}) {
    EXPECT_THAT(text, HasSubstr(name));
  }
}

TEST_F(AttributeTest, SaysWhatIsWrong) {
  EXPECT_THAT(Attribute({}).output, HasSubstr("--out must be given"));
  EXPECT_THAT(Attribute({"--out=" + out_, "--method=lime"}).output,
              HasSubstr("--method must be saliency, smooth_grad, "
                        "integrated_gradients, grad_cam, occlusion or all, got "
                        "lime"));
  EXPECT_THAT(Attribute({"--out=" + out_, "--label=6"}).output,
              HasSubstr("--label must be one of the model's classes, got 6"));
  EXPECT_THAT(Attribute({"--out=" + out_, "--label=-2"}).output,
              HasSubstr("--label must be at least -1, got -2"));
  EXPECT_THAT(Attribute({"--out=out.jpg"}).output,
              HasSubstr("--out must end in .png or .svg, got out.jpg"));
  EXPECT_THAT(Attribute({"--out=" + out_, "--part=layer9"}).output,
              HasSubstr("--part: must be a part of the model, got layer9"));
}

}  // namespace
}  // namespace toque
