#include "framework/core/registry.h"

#include "framework/testing/testing.h"

namespace toque {
namespace {

class RegistryTest : public testing::Test {
 protected:
  RegistryTest() { SetCatalogue({"plugins/losses/distance", "models/deep"}); }
};

TEST_F(RegistryTest, FindsAPluginByName) {
  const auto found = FindPlugin("test.Distance", "loss");
  ASSERT_OK(found);
  EXPECT_EQ((*found)->kind, "loss");
  EXPECT_EQ((*found)->name(), "test.Distance");
}

TEST_F(RegistryTest, NamesBothKindsWhereAnotherIsNeeded) {
  EXPECT_THAT(FindPlugin("test.Distance", "optimizer"),
              FailsWith("test.Distance is a loss, and an optimizer is needed "
                        "here"));
}

TEST_F(RegistryTest, SuggestsTheNearestName) {
  EXPECT_THAT(FindPlugin("test.Distanse"),
              FailsWith("unknown plugin test.Distanse; did you mean "
                        "test.Distance?"));
  EXPECT_THAT(FindPlugin("test.Xyzzy"),
              FailsWith("unknown plugin test.Xyzzy; //tools:plugins lists "
                        "all"));
}

TEST_F(RegistryTest, TellsWhatToAddForAPluginThatIsNotLinked) {
  EXPECT_THAT(FindPlugin("recipe.Deep"),
              FailsWith("plugin recipe.Deep is not linked into this program; "
                        "add \"//models/deep\" to the plugins of its "
                        "experiment() in BUILD"));
}

TEST_F(RegistryTest, SuggestsALinkedPluginThatIsSpelledOtherwise) {
  for (const char* name : {"test.distance", "Distance", "recipe.Distance"}) {
    EXPECT_THAT(FindPlugin(name), FailsWith("did you mean test.Distance?"));
  }
}

}  // namespace
}  // namespace toque
