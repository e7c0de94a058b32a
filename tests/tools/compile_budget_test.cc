#include <fstream>

#include "tests/tools/run_tool.h"

namespace toque {
namespace {

using testing::HasSubstr;

// Of a build of the project: five files compiled, one taken from a cache.
constexpr char kProfile[] = "tests/tools/compile_profile.json";

ToolRun Budget(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(),
                   {"/usr/bin/env", "python3", "tools/compile_budget.py"});
  return RunTool(arguments);
}

TEST(CompileBudgetTest, ListsTheDearestPluginsFirst) {
  const ToolRun run = Budget({kProfile});
  EXPECT_EQ(run.status, 0);
  // accuracy.cc took 5.738 s and its test 5.592, side by side.
  EXPECT_EQ(run.output,
            "  12.3 s  models/mlp  (1 files, mlp.cc 12.3 s)\n"
            "  11.3 s  plugins/hooks/accuracy  (2 files, accuracy.cc 5.7 s)\n"
            "   6.9 s  plugins/optimizers/sgd  (1 files, sgd_test.cc 6.9 s)\n"
            "3 plugins 30.5 s, all 5 files 36.2 s, 1 more from a cache\n");
}

TEST(CompileBudgetTest, FailsOnPluginsOverTheBudgetAlone) {
  const ToolRun run = Budget({kProfile, "--budget=12", "--most=1"});
  EXPECT_NE(run.status, 0);
  EXPECT_EQ(run.output,
            "  12.3 s  models/mlp  (1 files, mlp.cc 12.3 s)\n"
            "3 plugins 30.5 s, all 5 files 36.2 s, 1 more from a cache\n"
            "OVER models/mlp must compile in at most 12 s, got 12.3\n");
  EXPECT_EQ(Budget({kProfile, "--budget=13"}).status, 0);
}

// A budget that nothing was held against is not kept.
TEST(CompileBudgetTest, FailsWhereNothingWasCompiled) {
  const std::string path = TestFolder() + "/profile.json";
  std::ofstream(path) << R"({"traceEvents": [
      {"cat": "action processing", "name": "Compiling models/mlp/mlp.cc",
       "ph": "X", "ts": 5, "dur": 12460, "pid": 1, "tid": 380}]})";
  const ToolRun run = Budget({path, "--budget=12"});
  EXPECT_NE(run.status, 0);
  EXPECT_THAT(run.output, HasSubstr("no plugin was compiled"));
}

TEST(CompileBudgetTest, RefusesWhatIsNoProfile) {
  const std::string path = TestFolder() + "/profile.json";
  std::ofstream(path) << R"({"traceEvents": [)";
  const ToolRun run = Budget({path});
  EXPECT_NE(run.status, 0);
  EXPECT_THAT(run.output, HasSubstr("must be a whole profile of Bazel"));
}

}  // namespace
}  // namespace toque
