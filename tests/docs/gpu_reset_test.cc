// Recipe R08 is for people: Toque never resets a GPU.

#include <fstream>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace toque {
namespace {

// The files of this program that are ours: itself and its shared libraries.
std::set<std::string> OurFiles() {
  std::set<std::string> files;
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    const size_t path = line.find('/');
    if (path == line.npos) continue;
    const std::string file = line.substr(path);
    const bool others = file.starts_with("/usr/") ||
                        file.starts_with("/lib/") ||
                        file.find("libtorch") != file.npos;
    if (!others) files.insert(file);
  }
  return files;
}

bool Contains(const std::string& path, const std::string& text) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(file), {});
  return bytes.find(text) != bytes.npos;
}

TEST(GpuResetTest, NoPluginAndNothingOfTheFrameworkNamesTheCommand) {
  // In parts, so that they don't stand in this test.
  const std::string program = absl::StrCat("nvidia", "-smi");
  const std::string option = absl::StrCat("gpu", "-reset");
  const std::string known = absl::StrCat("CUDA_VISIBLE", "_DEVICES");
  int found = 0;
  for (const std::string& file : OurFiles()) {
    EXPECT_FALSE(Contains(file, program)) << file;
    EXPECT_FALSE(Contains(file, option)) << file;
    found += Contains(file, known);
  }
  EXPECT_GT(found, 0) << "the search must find what is there";
}

}  // namespace
}  // namespace toque
