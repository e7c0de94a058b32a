#include "framework/shared/numbered_name.h"

#include "framework/testing/testing.h"

namespace toque {
namespace {

TEST(NumberedNameTest, PutsTheNumberWhereTheTextSays) {
  const std::tuple<const char*, int64_t, const char*> cases[] = {
      {"img_%05d.jpg", 7, "img_00007.jpg"},
      {"img_%05d.jpg", 1234567, "img_1234567.jpg"},
      {"%d", 0, "0"},
      {"x/%d.png", 12, "x/12.png"},
      {"%06d_rgb", 42, "000042_rgb"},
      {"dd%01dd", 3, "dd3d"},
  };
  for (const auto& [text, number, expected] : cases) {
    const auto name = NumberedName::Parse("picture", text);
    ASSERT_OK(name) << text;
    EXPECT_EQ(name->Of(number), expected);
  }
}

TEST(NumberedNameTest, RefusesATextWithoutOneNumber) {
  for (const char* text : {"", "%", "img.jpg", "d", "%s.jpg", "%5d.jpg",
                           "%0d.jpg", "%00d", "%012d", "%d_%d.jpg", "%d%"}) {
    EXPECT_THAT(
        NumberedName::Parse("flow_x", text),
        FailsWith(std::string("flow_x must hold one %d or %05d, got ") + text));
  }
}

}  // namespace
}  // namespace toque
