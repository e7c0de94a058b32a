// Loading plugins: this test shares the framework with them, as //tools:train
// does, and links a single one.

#include "framework/command/plugin_file.h"

#include <fstream>

#include "framework/core/sampler.h"
#include "framework/testing/testing.h"

namespace toque {
namespace {

constexpr char kShuffle[] = "plugins/samplers/shuffle/libshuffle_plugin.so";
constexpr char kSequential[] =
    "plugins/samplers/sequential/libsequential_plugin.so";

std::string ReadBytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string WriteObject(const std::string& bytes) {
  const std::string path = TestFolder() + "/object.so";
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

TEST(PluginFileTest, LoadsAPluginThatCanThenBeMade) {
  EXPECT_THAT(FindPlugin("recipe.Shuffle"), FailsWith("unknown plugin"));
  ASSERT_OK(LoadPlugin(kShuffle));
  const auto sampler = Make<Sampler>("recipe.Shuffle");
  ASSERT_OK(sampler);
  Rng rng(0);
  std::vector<int64_t> picks;
  ASSERT_OK((*sampler)->Sample({.size = 5}, rng, &picks));
  EXPECT_THAT(picks, testing::UnorderedElementsAre(0, 1, 2, 3, 4));
  // It stays; a second one of its name is refused.
  EXPECT_THAT(LoadPlugin(kShuffle), FailsWith("recipe.Shuffle is linked"));
}

TEST(PluginFileTest, RefusesAPluginThatIsLinkedAlready) {
  EXPECT_THAT(
      LoadPlugin(kSequential),
      FailsWith("libsequential_plugin.so: holds plugins/samplers/sequential, "
                "and recipe.Sequential is linked into this program already"));
}

TEST(PluginFileTest, RefusesAPluginOfAnotherBuildAndNamesBoth) {
  std::string bytes = ReadBytes(kShuffle);
  const std::string stamp = "toque-plugin:" TOQUE_ABI;
  const size_t place = bytes.find(stamp);
  ASSERT_NE(place, std::string::npos);
  bytes[place + stamp.size() - 1] = '0';  // of LibTorch's version
  const absl::Status status = LoadPlugin(WriteObject(bytes));
  EXPECT_THAT(status, FailsWith("must be built for this program"));
  EXPECT_THAT(status, FailsWith(TOQUE_ABI));
  EXPECT_THAT(status, FailsWith("torch2.10\""));
}

TEST(PluginFileTest, RefusesAFileThatIsNoPlugin) {
  EXPECT_THAT(LoadPlugin(WriteObject("epochs: 3\n")),
              FailsWith("object.so: is no plugin"));
  EXPECT_THAT(LoadPlugin(WriteObject("")), FailsWith("is no plugin"));
  EXPECT_THAT(LoadPlugin(TestFolder() + "/none.so"),
              FailsWith("none.so: can't be read"));
}

TEST(PluginFileTest, RefusesAPluginWithoutAName) {
  EXPECT_THAT(LoadPlugin(WriteObject("toque-plugin:" TOQUE_ABI ":")),
              FailsWith("must be built by plugin()"));
  EXPECT_THAT(LoadPlugin(WriteObject("toque-plugin:" TOQUE_ABI)),
              FailsWith("must be built by plugin()"));
}

TEST(PluginFileTest, ReportsWhatTheLoaderSays) {
  EXPECT_THAT(
      LoadPlugin(WriteObject("toque-plugin:" TOQUE_ABI ":plugins/hooks/x")),
      FailsWith("file too short"));
}

}  // namespace
}  // namespace toque
