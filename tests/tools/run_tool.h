// A tool of tools/ as its user calls it.

#ifndef TOQUE_TESTS_TOOLS_RUN_TOOL_H_
#define TOQUE_TESTS_TOOLS_RUN_TOOL_H_

#include <fstream>
#include <string>
#include <vector>

#include "framework/testing/testing.h"
#include "tools/subprocess.h"

namespace toque {

struct ToolRun {
  int status = 0;
  std::string output;  // of stdout and stderr
};

// Runs the program arguments[0], as "tools/checkpoint", to its end.
inline ToolRun RunTool(const std::vector<std::string>& arguments) {
  const std::string path = testing::TempDir() + "/output.txt";
  std::ofstream(path).flush();
  const auto program = Subprocess::Start(arguments, path);
  EXPECT_OK(program);
  ToolRun run;
  run.status = program.ok() ? (*program)->Wait() : -1;
  std::ifstream file(path);
  run.output.assign(std::istreambuf_iterator<char>(file), {});
  return run;
}

}  // namespace toque

#endif  // TOQUE_TESTS_TOOLS_RUN_TOOL_H_
