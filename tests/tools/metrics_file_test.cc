#include "tools/metrics_file.h"

#include <fstream>

#include "framework/testing/testing.h"
#include "tools/text_table.h"

namespace toque {
namespace {

using testing::ElementsAre;
using testing::Pair;

// A run folder whose metrics.jsonl is `text`.
std::string FolderWith(const std::string& text) {
  std::string folder = TestFolder();
  std::ofstream(folder + "/metrics.jsonl") << text;
  return folder;
}

// As of a run that diverged and was killed in the middle of a line.
constexpr char kText[] = R"({"step":5,"epoch":0.5,"loss/train":2}
{"step":10,"epoch":1,"loss/train":null}
{"step":10,"epoch":1,"loss/eval":3}
{"step":15,"epo)";

TEST(MetricsFileTest, ReadsEveryFiniteNumberWithItsStep) {
  const auto curves = ReadCurves(FolderWith(kText));
  ASSERT_OK(curves);
  EXPECT_THAT(
      *curves,
      ElementsAre(
          Pair("epoch", ElementsAre(Pair(5, 0.5), Pair(10, 1), Pair(10, 1))),
          Pair("loss/eval", ElementsAre(Pair(10, 3))),
          Pair("loss/train", ElementsAre(Pair(5, 2))),
          Pair("step", ElementsAre(Pair(5, 5), Pair(10, 10), Pair(10, 10)))));
}

TEST(MetricsFileTest, TellsTheLastValueAndNoneWhereItIsNotFinite) {
  const std::string folder = FolderWith(kText);
  EXPECT_EQ(LastMetric(folder, "step"), 10);
  EXPECT_EQ(LastMetric(folder, "loss/eval"), 3);
  EXPECT_EQ(LastMetric(folder, "loss/train"), std::nullopt);
  EXPECT_EQ(LastMetric(folder, "accuracy/eval"), std::nullopt);
}

TEST(MetricsFileTest, NamesAFileThatCannotBeRead) {
  EXPECT_THAT(ReadCurves(TestFolder() + "/none"),
              FailsWith("/none/metrics.jsonl: can't be read"));
}

TEST(TextTableTest, AlignsTheFirstColumnLeftAndTheOthersRight) {
  TextTable table({"name", "loss"});
  EXPECT_TRUE(table.empty());
  table.Add({"a", "0.25"});
  table.Add({"longer", "12345"});
  EXPECT_FALSE(table.empty());
  EXPECT_EQ(table.Text(),
            "name     loss\n"
            "a        0.25\n"
            "longer  12345\n");
}

}  // namespace
}  // namespace toque
